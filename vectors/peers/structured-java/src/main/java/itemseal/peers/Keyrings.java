package itemseal.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import software.amazon.cryptography.keystore.KeyStore;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.AesWrappingAlg;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsHierarchicalKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawAesKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawEcdhKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.EphemeralPrivateKeyToStaticPublicKeyInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;
import software.amazon.cryptography.materialproviders.model.PaddingScheme;
import software.amazon.cryptography.materialproviders.model.PublicKeyDiscoveryInput;
import software.amazon.cryptography.materialproviders.model.RawEcdhStaticConfigurations;
import software.amazon.cryptography.materialproviders.model.RawPrivateKeyToStaticPublicKeyInput;
import software.amazon.cryptography.primitives.model.ECDHCurveSpec;

/** The `keys` of a configuration as one of the client's keyrings. */
final class Keyrings {
  private static final MaterialProviders PROVIDERS =
      MaterialProviders.builder().MaterialProvidersConfig(MaterialProvidersConfig.builder().build()).build();

  private Keyrings() {}

  static IKeyring fromConfig(JsonNode keys) {
    switch (keys.get("keyring").asText()) {
      case "raw-aes":
        return rawAes(keys);
      case "raw-rsa":
        return rawRsa(keys);
      case "raw-ecdh":
        return rawEcdh(keys);
      case "hierarchical":
        return hierarchical(keys, KeyStores.fromConfig(keys.get("store")));
      case "hierarchical-static":
        return hierarchical(keys, StaticKeyStore.fromConfig(keys));
      case "multi":
        return multi(keys);
      default:
        return KmsKeyrings.fromConfig(PROVIDERS, keys);
    }
  }

  private static IKeyring rawAes(JsonNode keys) {
    byte[] wrappingKey = Base64.getDecoder().decode(keys.get("wrappingKey").asText());
    return PROVIDERS.CreateRawAesKeyring(
        CreateRawAesKeyringInput.builder()
            .keyNamespace(keys.get("namespace").asText())
            .keyName(keys.get("name").asText())
            .wrappingKey(ByteBuffer.wrap(wrappingKey))
            .wrappingAlg(AesWrappingAlg.valueOf("ALG_AES" + wrappingKey.length * 8 + "_GCM_IV12_TAG16"))
            .build());
  }

  private static IKeyring rawRsa(JsonNode keys) {
    CreateRawRsaKeyringInput.Builder input =
        CreateRawRsaKeyringInput.builder()
            .keyNamespace(keys.get("namespace").asText())
            .keyName(keys.get("name").asText())
            .paddingScheme(PaddingScheme.valueOf(keys.get("padding").asText()));
    if (keys.hasNonNull("publicKey")) {
      input.publicKey(pem(keys.get("publicKey")));
    }
    if (keys.hasNonNull("privateKey")) {
      input.privateKey(pem(keys.get("privateKey")));
    }
    return PROVIDERS.CreateRawRsaKeyring(input.build());
  }

  private static IKeyring rawEcdh(JsonNode keys) {
    RawEcdhStaticConfigurations.Builder schema = RawEcdhStaticConfigurations.builder();
    switch (keys.get("schema").asText()) {
      case "static":
        schema.RawPrivateKeyToStaticPublicKey(
            RawPrivateKeyToStaticPublicKeyInput.builder()
                .senderStaticPrivateKey(pem(keys.get("privateKey")))
                .recipientPublicKey(der(keys.get("publicKey")))
                .build());
        break;
      case "ephemeral":
        schema.EphemeralPrivateKeyToStaticPublicKey(
            EphemeralPrivateKeyToStaticPublicKeyInput.builder().recipientPublicKey(der(keys.get("publicKey"))).build());
        break;
      case "discovery":
        schema.PublicKeyDiscovery(PublicKeyDiscoveryInput.builder().recipientStaticPrivateKey(pem(keys.get("privateKey"))).build());
        break;
      default:
        throw new IllegalArgumentException("unknown key agreement schema");
    }
    return PROVIDERS.CreateRawEcdhKeyring(
        CreateRawEcdhKeyringInput.builder().curveSpec(curve(keys.get("curve").asText())).KeyAgreementScheme(schema.build()).build());
  }

  private static IKeyring hierarchical(JsonNode keys, KeyStore store) {
    return PROVIDERS.CreateAwsKmsHierarchicalKeyring(
        CreateAwsKmsHierarchicalKeyringInput.builder()
            .keyStore(store)
            .branchKeyId(keys.get("branchKeyId").asText())
            .ttlSeconds(3600)
            .build());
  }

  private static IKeyring multi(JsonNode keys) {
    CreateMultiKeyringInput.Builder input = CreateMultiKeyringInput.builder();
    if (keys.hasNonNull("generator")) {
      input.generator(fromConfig(keys.get("generator")));
    }
    List<IKeyring> children = new ArrayList<>();
    keys.path("children").forEach(child -> children.add(fromConfig(child)));
    return PROVIDERS.CreateMultiKeyring(input.childKeyrings(children).build());
  }

  static ECDHCurveSpec curve(String name) {
    switch (name) {
      case "P-256":
        return ECDHCurveSpec.ECC_NIST_P256;
      case "P-384":
        return ECDHCurveSpec.ECC_NIST_P384;
      case "P-521":
        return ECDHCurveSpec.ECC_NIST_P521;
      default:
        throw new IllegalArgumentException("unknown curve");
    }
  }

  static ByteBuffer pem(JsonNode text) {
    return ByteBuffer.wrap(text.asText().getBytes(StandardCharsets.UTF_8));
  }

  /** The client takes private keys as PEM and public ECDH keys as DER. */
  static ByteBuffer der(JsonNode pem) {
    return ByteBuffer.wrap(Base64.getMimeDecoder().decode(pem.asText().replaceAll("-----[^-]+-----", "")));
  }
}
