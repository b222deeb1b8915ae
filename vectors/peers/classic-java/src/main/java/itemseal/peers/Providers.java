package itemseal.peers;

import com.amazonaws.services.dynamodbv2.datamodeling.encryption.DynamoDBEncryptor;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.AsymmetricStaticProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.CachingMostRecentProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.EncryptionMaterialsProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.SymmetricStaticProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.WrappedMaterialsProvider;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.store.MetaStore;
import com.fasterxml.jackson.databind.JsonNode;
import java.security.Key;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.Map;

/** The `keys` of a configuration as one of the client's materials providers. */
final class Providers {
  private static final String SIGNING_ALGORITHM = "amzn-ddb-map-signingAlg";
  private static final String WRAP_ALGORITHM = "amzn-ddb-wrap-alg";

  private Providers() {}

  static EncryptionMaterialsProvider fromConfig(String operation, JsonNode keys) throws Exception {
    switch (keys.get("provider").asText()) {
      case "static":
        return staticProvider(operation, keys);
      case "wrapped":
        return wrappedProvider(operation, keys);
      case "most-recent":
        // reading the store decrypts its items, whatever the operation on the item in hand
        DynamoDBEncryptor encryptor = DynamoDBEncryptor.getInstance(fromConfig("decrypt", keys.get("keys")));
        JsonNode store = keys.get("store");
        MetaStore metaStore = new MetaStore(new StoredTable(store.get("items").asText()), store.get("table").asText(), encryptor);
        return new CachingMostRecentProvider(metaStore, keys.get("materialName").asText(), 60_000);
      case "kms":
        return KmsProvider.fromConfig(keys);
      default:
        throw new UnsupportedOperationException("this peer has no such provider");
    }
  }

  private static EncryptionMaterialsProvider staticProvider(String operation, JsonNode keys) throws Exception {
    Map<String, String> description = description(operation, keys);
    if (Keys.isSymmetric(signerOf(keys))) {
      return new SymmetricStaticProvider(Keys.secret(keys.get("encryptionKey")), Keys.secret(signerOf(keys)), description);
    }
    return new SymmetricStaticProvider(Keys.secret(keys.get("encryptionKey")), signingPair(keys), description);
  }

  private static EncryptionMaterialsProvider wrappedProvider(String operation, JsonNode keys) throws Exception {
    Map<String, String> description = description(operation, keys);
    boolean mac = Keys.isSymmetric(signerOf(keys));
    Key wrapping = keys.has("wrappingKey") ? Keys.load(keys.get("wrappingKey")) : null;
    Key unwrapping = keys.has("unwrappingKey") ? Keys.load(keys.get("unwrappingKey")) : wrapping;
    if (wrapping instanceof PublicKey && unwrapping instanceof PrivateKey) {
      KeyPair pair = new KeyPair((PublicKey) wrapping, (PrivateKey) unwrapping);
      return mac
          ? new AsymmetricStaticProvider(pair, Keys.secret(signerOf(keys)), description)
          : new AsymmetricStaticProvider(pair, signingPair(keys), description);
    }
    return mac
        ? new WrappedMaterialsProvider(wrapping, unwrapping, Keys.secret(signerOf(keys)), description)
        : new WrappedMaterialsProvider(wrapping, unwrapping, signingPair(keys), description);
  }

  /**
   * The client learns a key pair's signature algorithm and a wrapping key's transformation from the description alone,
   * so what a configuration says with the algorithm names of its keys goes there before writing.
   */
  private static Map<String, String> description(String operation, JsonNode keys) {
    Map<String, String> description = new HashMap<>();
    keys.path("description").fields().forEachRemaining(entry -> description.put(entry.getKey(), entry.getValue().asText()));
    if (operation.equals("encrypt")) {
      if (keys.has("signingKey") && !Keys.isSymmetric(keys.get("signingKey"))) {
        description.putIfAbsent(SIGNING_ALGORITHM, keys.get("signingKey").get("algorithm").asText());
      }
      if (keys.has("wrappingKey") && Keys.transformation(keys.get("wrappingKey")) != null) {
        description.putIfAbsent(WRAP_ALGORITHM, Keys.transformation(keys.get("wrappingKey")));
      }
    }
    return description;
  }

  private static JsonNode signerOf(JsonNode keys) {
    return keys.has("signingKey") ? keys.get("signingKey") : keys.get("verificationKey");
  }

  private static KeyPair signingPair(JsonNode keys) throws Exception {
    return Keys.pair(keys.get("signingKey"), keys.get("verificationKey"));
  }
}
