package itemseal.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys of a configuration as the JDK's own. Only a secret key carries an algorithm name in the JDK. */
final class Keys {
  private Keys() {}

  static Key load(JsonNode key) throws GeneralSecurityException {
    String algorithm = key.get("algorithm").asText();
    switch (key.get("type").asText()) {
      case "symmetric":
        return new SecretKeySpec(bytes(key), isAes(algorithm) ? "AES" : algorithm);
      case "public":
        return factory(algorithm).generatePublic(new X509EncodedKeySpec(bytes(key)));
      case "private":
        return factory(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes(key)));
      default:
        throw new IllegalArgumentException("unknown key type");
    }
  }

  static SecretKey secret(JsonNode key) throws GeneralSecurityException {
    return key == null ? null : (SecretKey) load(key);
  }

  static boolean isSymmetric(JsonNode key) {
    return key.get("type").asText().equals("symmetric");
  }

  /** What a pair lacks is null; an RSA private key alone brings its public half. */
  static KeyPair pair(JsonNode signing, JsonNode verification) throws GeneralSecurityException {
    PrivateKey privateKey = signing == null ? null : (PrivateKey) load(signing);
    if (verification != null && !verification.get("type").asText().equals("private")) {
      return new KeyPair((PublicKey) load(verification), privateKey);
    }
    if (privateKey == null) {
      privateKey = (PrivateKey) load(verification);
    }
    return new KeyPair(publicHalf(privateKey), privateKey);
  }

  /** The transformation a wrapping key's algorithm name asks for, or null for the client's default. */
  static String transformation(JsonNode key) {
    String algorithm = key.get("algorithm").asText();
    return algorithm.contains("/") || algorithm.equals("AESWrap") ? algorithm : null;
  }

  private static PublicKey publicHalf(PrivateKey key) throws GeneralSecurityException {
    if (!(key instanceof RSAPrivateCrtKey)) {
      return null;
    }
    RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
  }

  private static boolean isAes(String algorithm) {
    return algorithm.equals("AESWrap") || algorithm.startsWith("AES/");
  }

  private static KeyFactory factory(String algorithm) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm.contains("ECDSA") || algorithm.equals("EC") ? "EC" : "RSA");
  }

  private static byte[] bytes(JsonNode key) {
    String material = key.get("material").asText();
    return key.get("encoding").asText().equals("PEM")
        ? Base64.getMimeDecoder().decode(material.replaceAll("-----[^-]+-----", ""))
        : Base64.getDecoder().decode(material);
  }
}
