package itemseal.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsDiscoveryKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsEcdhKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsMrkDiscoveryKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsMrkKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.DiscoveryFilter;
import software.amazon.cryptography.materialproviders.model.KmsEcdhStaticConfigurations;
import software.amazon.cryptography.materialproviders.model.KmsPrivateKeyToStaticPublicKeyInput;
import software.amazon.cryptography.materialproviders.model.KmsPublicKeyDiscoveryInput;

/** The keyrings over AWS KMS, or what answers at the configured endpoint; credentials come from the environment. */
final class KmsKeyrings {
  private static final Map<String, KmsClient> CLIENTS = new ConcurrentHashMap<>();

  private KmsKeyrings() {}

  static IKeyring fromConfig(MaterialProviders providers, JsonNode keys) {
    switch (keys.get("keyring").asText()) {
      case "kms":
        return providers.CreateAwsKmsKeyring(
            CreateAwsKmsKeyringInput.builder().kmsKeyId(keyId(keys)).kmsClient(client(keys)).grantTokens(texts(keys, "grantTokens")).build());
      case "kms-mrk":
        return providers.CreateAwsKmsMrkKeyring(
            CreateAwsKmsMrkKeyringInput.builder().kmsKeyId(keyId(keys)).kmsClient(client(keys)).grantTokens(texts(keys, "grantTokens")).build());
      case "kms-rsa":
        return rsa(providers, keys);
      case "kms-ecdh":
        return ecdh(providers, keys);
      case "kms-discovery":
        return discovery(providers, keys);
      case "kms-mrk-discovery":
        return mrkDiscovery(providers, keys);
      default:
        throw new UnsupportedOperationException("this peer has no keyring " + keys.get("keyring").asText());
    }
  }

  private static IKeyring rsa(MaterialProviders providers, JsonNode keys) {
    CreateAwsKmsRsaKeyringInput.Builder input =
        CreateAwsKmsRsaKeyringInput.builder()
            .kmsKeyId(keyId(keys))
            .encryptionAlgorithm(EncryptionAlgorithmSpec.fromValue(keys.get("algorithm").asText()))
            .kmsClient(client(keys))
            .grantTokens(texts(keys, "grantTokens"));
    if (keys.hasNonNull("publicKey")) {
      input.publicKey(Keyrings.pem(keys.get("publicKey")));
    }
    return providers.CreateAwsKmsRsaKeyring(input.build());
  }

  private static IKeyring ecdh(MaterialProviders providers, JsonNode keys) {
    KmsEcdhStaticConfigurations.Builder schema = KmsEcdhStaticConfigurations.builder();
    if (keys.get("schema").asText().equals("static")) {
      KmsPrivateKeyToStaticPublicKeyInput.Builder input =
          KmsPrivateKeyToStaticPublicKeyInput.builder().senderKmsIdentifier(keyId(keys)).recipientPublicKey(Keyrings.der(keys.get("publicKey")));
      if (keys.hasNonNull("ownPublicKey")) {
        input.senderPublicKey(Keyrings.der(keys.get("ownPublicKey")));
      }
      schema.KmsPrivateKeyToStaticPublicKey(input.build());
    } else {
      schema.KmsPublicKeyDiscovery(KmsPublicKeyDiscoveryInput.builder().recipientKmsIdentifier(keyId(keys)).build());
    }
    return providers.CreateAwsKmsEcdhKeyring(
        CreateAwsKmsEcdhKeyringInput.builder()
            .KeyAgreementScheme(schema.build())
            .curveSpec(Keyrings.curve(keys.get("curve").asText()))
            .kmsClient(client(keys))
            .grantTokens(texts(keys, "grantTokens"))
            .build());
  }

  private static IKeyring discovery(MaterialProviders providers, JsonNode keys) {
    CreateAwsKmsDiscoveryKeyringInput.Builder input =
        CreateAwsKmsDiscoveryKeyringInput.builder().kmsClient(client(keys)).grantTokens(texts(keys, "grantTokens"));
    if (keys.hasNonNull("accountIds")) {
      input.discoveryFilter(filter(keys));
    }
    return providers.CreateAwsKmsDiscoveryKeyring(input.build());
  }

  private static IKeyring mrkDiscovery(MaterialProviders providers, JsonNode keys) {
    CreateAwsKmsMrkDiscoveryKeyringInput.Builder input =
        CreateAwsKmsMrkDiscoveryKeyringInput.builder()
            .kmsClient(client(keys))
            .region(keys.get("region").asText())
            .grantTokens(texts(keys, "grantTokens"));
    if (keys.hasNonNull("accountIds")) {
      input.discoveryFilter(filter(keys));
    }
    return providers.CreateAwsKmsMrkDiscoveryKeyring(input.build());
  }

  private static DiscoveryFilter filter(JsonNode keys) {
    return DiscoveryFilter.builder().partition(keys.path("partition").asText("aws")).accountIds(texts(keys, "accountIds")).build();
  }

  private static String keyId(JsonNode keys) {
    return keys.get("keyId").asText();
  }

  /** Of the key's Region, else of the configured one; `us-east-1` for a discovery keyring, whose client a configuration does not name. */
  private static KmsClient client(JsonNode keys) {
    String[] arn = keys.path("keyId").asText().split(":");
    String region = arn.length == 6 ? arn[3] : keys.path("region").asText("us-east-1");
    return client(region, keys.get("endpoint").asText());
  }

  static KmsClient client(String region, String endpoint) {
    return CLIENTS.computeIfAbsent(
        region + " " + endpoint,
        any ->
            KmsClient.builder()
                .region(Region.of(region))
                .endpointOverride(URI.create(endpoint))
                .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
                .build());
  }

  private static List<String> texts(JsonNode keys, String name) {
    List<String> texts = new ArrayList<>();
    keys.path(name).forEach(member -> texts.add(member.asText()));
    return texts;
  }
}
