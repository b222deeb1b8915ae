package itemseal.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.cryptography.keystore.KeyStore;
import software.amazon.cryptography.keystore.model.BranchKeyMaterials;
import software.amazon.cryptography.keystore.model.CreateKeyInput;
import software.amazon.cryptography.keystore.model.CreateKeyStoreInput;
import software.amazon.cryptography.keystore.model.Discovery;
import software.amazon.cryptography.keystore.model.GetActiveBranchKeyInput;
import software.amazon.cryptography.keystore.model.GetBeaconKeyInput;
import software.amazon.cryptography.keystore.model.GetBranchKeyVersionInput;
import software.amazon.cryptography.keystore.model.KMSConfiguration;
import software.amazon.cryptography.keystore.model.KeyStoreConfig;
import software.amazon.cryptography.keystore.model.MRDiscovery;
import software.amazon.cryptography.keystore.model.VersionKeyInput;

/** The client's own key store over a table and a service that answer at the configured endpoints; credentials come from the environment. */
final class KeyStores {
  static final Set<String> OPERATIONS = Set.of("createTable", "createKey", "versionKey", "getActive", "getVersion", "getBeacon");

  private static final Map<String, DynamoDbClient> TABLES = new ConcurrentHashMap<>();

  private KeyStores() {}

  static KeyStore fromConfig(JsonNode store) {
    String region = store.get("region").asText();
    return KeyStore.builder()
        .KeyStoreConfig(
            KeyStoreConfig.builder()
                .ddbTableName(store.get("table").asText())
                .logicalKeyStoreName(store.get("logicalName").asText())
                .kmsConfiguration(kms(store.get("kms")))
                .ddbClient(table(region, store.get("endpoint").asText()))
                .kmsClient(KmsKeyrings.client(region, store.get("kmsEndpoint").asText()))
                .build())
        .build();
  }

  /** What there is to tell of a branch key: the key itself only as its digest. */
  static ObjectNode run(String operation, JsonNode request) {
    JsonNode keys = request.get("config").get("keys");
    KeyStore store = fromConfig(keys.get("store"));
    String id = keys.path("branchKeyId").asText(null);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    switch (operation) {
      case "createTable":
        store.CreateKeyStore(CreateKeyStoreInput.builder().build());
        return answer;
      case "createKey":
        return answer.put("branchKeyId", store.CreateKey(creation(id, request.path("encryptionContext"))).branchKeyIdentifier());
      case "versionKey":
        store.VersionKey(VersionKeyInput.builder().branchKeyIdentifier(id).build());
        return answer;
      case "getActive":
        return branchKey(store.GetActiveBranchKey(GetActiveBranchKeyInput.builder().branchKeyIdentifier(id).build()).branchKeyMaterials());
      case "getVersion":
        GetBranchKeyVersionInput version =
            GetBranchKeyVersionInput.builder().branchKeyIdentifier(id).branchKeyVersion(request.get("version").asText()).build();
        return branchKey(store.GetBranchKeyVersion(version).branchKeyMaterials());
      case "getBeacon":
        GetBeaconKeyInput beacon = GetBeaconKeyInput.builder().branchKeyIdentifier(id).build();
        return answer.put("sha256", digest(store.GetBeaconKey(beacon).beaconKeyMaterials().beaconKey()));
      default:
        throw new IllegalArgumentException("unknown operation");
    }
  }

  private static CreateKeyInput creation(String id, JsonNode encryptionContext) {
    CreateKeyInput.Builder input = CreateKeyInput.builder();
    if (id != null) {
      input.branchKeyIdentifier(id);
    }
    if (encryptionContext.isObject()) {
      Map<String, String> context = new LinkedHashMap<>();
      encryptionContext.fields().forEachRemaining(entry -> context.put(entry.getKey(), entry.getValue().asText()));
      input.encryptionContext(context);
    }
    return input.build();
  }

  private static ObjectNode branchKey(BranchKeyMaterials materials) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("branchKeyId", materials.branchKeyIdentifier());
    answer.put("version", materials.branchKeyVersion());
    answer.put("sha256", digest(materials.branchKey()));
    ObjectNode context = answer.putObject("encryptionContext");
    materials.encryptionContext().forEach(context::put);
    return answer;
  }

  private static KMSConfiguration kms(JsonNode kms) {
    KMSConfiguration.Builder configuration = KMSConfiguration.builder();
    if (kms.hasNonNull("kmsKeyArn")) {
      configuration.kmsKeyArn(kms.get("kmsKeyArn").asText());
    } else if (kms.hasNonNull("kmsMRKeyArn")) {
      configuration.kmsMRKeyArn(kms.get("kmsMRKeyArn").asText());
    } else if (kms.hasNonNull("mrDiscovery")) {
      configuration.mrDiscovery(MRDiscovery.builder().region(kms.get("mrDiscovery").asText()).build());
    } else {
      configuration.discovery(Discovery.builder().build());
    }
    return configuration.build();
  }

  private static DynamoDbClient table(String region, String endpoint) {
    return TABLES.computeIfAbsent(
        region + " " + endpoint,
        any ->
            DynamoDbClient.builder()
                .region(Region.of(region))
                .endpointOverride(URI.create(endpoint))
                .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
                .build());
  }

  private static String digest(ByteBuffer key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(key.duplicate());
      StringBuilder hex = new StringBuilder();
      for (byte octet : sha256.digest()) {
        hex.append(String.format("%02x", octet));
      }
      return hex.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
