package itemseal.peers;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
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
        return new CachingMostRecentProvider(metaStore(keys), keys.get("materialName").asText(), 60_000);
      case "kms":
        return KmsProvider.fromConfig(keys);
      default:
        throw new UnsupportedOperationException("this peer has no such provider");
    }
  }

  /** Over a file of the store's items, to be read only, or over a table behind an endpoint. */
  static MetaStore metaStore(JsonNode keys) throws Exception {
    JsonNode store = keys.get("store");
    boolean live = store.has("endpoint");
    AmazonDynamoDB table = live ? clientAt(store.get("endpoint").asText()) : new StoredTable(store.get("items").asText());
    // what is done with the store's items does not depend on the operation on the item in hand
    DynamoDBEncryptor encryptor = DynamoDBEncryptor.getInstance(fromConfig(live ? "encrypt" : "decrypt", keys.get("keys")));
    return new MetaStore(table, store.get("table").asText(), encryptor);
  }

  private static AmazonDynamoDB clientAt(String endpoint) {
    return AmazonDynamoDBClientBuilder.standard()
        .withEndpointConfiguration(new EndpointConfiguration(endpoint, "us-east-1"))
        .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials("none", "none")))
        .build();
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
