package itemseal.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.cryptography.keystore.KeyStore;
import software.amazon.cryptography.keystore.model.KMSConfiguration;
import software.amazon.cryptography.keystore.model.KeyStoreConfig;

/**
 * The client's own key store over one branch key given as plaintext: its table is answered from here, and the service that would
 * decrypt the branch key gives back what it is sent.
 */
final class StaticKeyStore {
  private static final String TABLE = "KeyStore";
  private static final String ARN = "arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000000";

  private StaticKeyStore() {}

  static KeyStore fromConfig(JsonNode keys) {
    return KeyStore.builder()
        .KeyStoreConfig(
            KeyStoreConfig.builder()
                .ddbTableName(TABLE)
                .logicalKeyStoreName(TABLE)
                .kmsConfiguration(KMSConfiguration.builder().kmsKeyArn(ARN).build())
                .ddbClient(new Table(keys))
                .kmsClient(new Echo())
                .build())
        .build();
  }

  /** Answers for the active key and for its version; any other call is unsupported by the SDK's own default. */
  private static final class Table implements DynamoDbClient {
    private final JsonNode keys;

    Table(JsonNode keys) {
      this.keys = keys;
    }

    @Override
    public GetItemResponse getItem(GetItemRequest request) {
      String id = keys.get("branchKeyId").asText();
      String version = "branch:version:" + keys.get("version").asText();
      String type = request.key().get("type").s();
      if (!request.key().get("branch-key-id").s().equals(id)) {
        return GetItemResponse.builder().build();
      }
      if (type.equals(version)) {
        return GetItemResponse.builder().item(item(id, type)).build();
      }
      if (!type.equals("branch:ACTIVE")) {
        return GetItemResponse.builder().build();
      }
      Map<String, AttributeValue> active = item(id, type);
      active.put("version", AttributeValue.fromS(version));
      return GetItemResponse.builder().item(active).build();
    }

    private Map<String, AttributeValue> item(String id, String type) {
      byte[] branchKey = Base64.getDecoder().decode(keys.get("branchKey").asText());
      return new HashMap<>(
          Map.of(
              "branch-key-id", AttributeValue.fromS(id),
              "type", AttributeValue.fromS(type),
              "enc", AttributeValue.fromB(SdkBytes.fromByteArray(branchKey)),
              "kms-arn", AttributeValue.fromS(ARN),
              "create-time", AttributeValue.fromS("2026-01-01T00:00:00.000000Z"),
              "hierarchy-version", AttributeValue.fromN("1")));
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static final class Echo implements KmsClient {
    @Override
    public DecryptResponse decrypt(DecryptRequest request) {
      return DecryptResponse.builder().keyId(request.keyId()).plaintext(request.ciphertextBlob()).build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }
}
