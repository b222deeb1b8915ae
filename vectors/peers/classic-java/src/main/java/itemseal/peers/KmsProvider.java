package itemseal.peers;

import com.amazonaws.auth.EnvironmentVariableCredentialsProvider;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.providers.DirectKmsMaterialProvider;
import com.amazonaws.services.kms.AWSKMS;
import com.amazonaws.services.kms.AWSKMSClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The client's provider over AWS KMS, or what answers at the configured endpoint; credentials come from the environment. */
final class KmsProvider {
  private static final Map<String, AWSKMS> CLIENTS = new ConcurrentHashMap<>();

  private KmsProvider() {}

  static DirectKmsMaterialProvider fromConfig(JsonNode keys) {
    String keyId = keys.get("keyId").asText();
    String[] arn = keyId.split(":");
    String region = arn.length == 6 ? arn[3] : keys.path("region").asText("us-east-1");
    return new DirectKmsMaterialProvider(client(keys.get("endpoint").asText(), region), keyId);
  }

  private static AWSKMS client(String endpoint, String region) {
    return CLIENTS.computeIfAbsent(
        region + " " + endpoint,
        any ->
            AWSKMSClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(endpoint, region))
                .withCredentials(new EnvironmentVariableCredentialsProvider())
                .build());
  }
}
