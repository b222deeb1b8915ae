package itemseal.peers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.DynamoDbItemEncryptor;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.DecryptItemInput;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.DynamoDbItemEncryptorConfig;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.EncryptItemInput;
import software.amazon.cryptography.dbencryptionsdk.structuredencryption.model.CryptoAction;
import software.amazon.cryptography.materialproviders.model.CollectionOfErrors;
import software.amazon.cryptography.materialproviders.model.DBEAlgorithmSuiteId;

/**
 * Runs the released AWS Database Encryption SDK for DynamoDB for Java on lines of JSON.
 *
 * <p>One request a line on standard input, one answer a line on standard output, in the same order; the README beside
 * this project has the shape of both. This program only translates a configuration into the client's own objects and
 * JSON into AttributeValue; whatever an item becomes is the client's doing.
 */
public final class Peer {
  /** A map's key may be longer than the parser allows names to be by default. */
  private static final JsonFactory LONG_NAMES =
      JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder().maxNameLength(Integer.MAX_VALUE).build()).build();

  private static final ObjectMapper JSON = new ObjectMapper(LONG_NAMES).configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, true);
  private static final String INCLUDED = "SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT";
  private static final String RESERVED = "aws_dbe_";

  private Peer() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isBlank()) {
        continue;
      }
      out.print(JSON.writeValueAsString(answer(JSON.readTree(line))) + "\n");
      out.flush();
    }
  }

  private static ObjectNode answer(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode();
    answer.set("id", request.get("id"));
    try {
      String operation = request.get("op").asText();
      if (KeyStores.OPERATIONS.contains(operation)) {
        answer.set("key", KeyStores.run(operation, request));
      } else if (operation.equals("bench")) {
        Callable<?> run = operation(request.get("direction").asText(), request.get("config"), Items.fromJson(request.get("item")));
        answer.put("nanoseconds", nanoseconds(run, request.get("warmup").asInt(), request.get("iterations").asInt()));
        answer.put("runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
      } else {
        answer.set("item", Items.toJson(operation(operation, request.get("config"), Items.fromJson(request.get("item"))).call()));
      }
    } catch (UnsupportedOperationException e) {
      answer.put("error", "unsupported: " + e.getMessage());
    } catch (Exception | StackOverflowError e) {
      answer.put("error", describe(e));
    }
    return answer;
  }

  /** What so many runs took, one after the other, after some that do not count. */
  private static long nanoseconds(Callable<?> run, int warmup, int iterations) throws Exception {
    for (int i = 0; i < warmup; i++) {
      run.call();
    }
    long start = System.nanoTime();
    for (int i = 0; i < iterations; i++) {
      run.call();
    }
    return System.nanoTime() - start;
  }

  private static Callable<Map<String, AttributeValue>> operation(String operation, JsonNode config, Map<String, AttributeValue> item) {
    DynamoDbItemEncryptor encryptor =
        DynamoDbItemEncryptor.builder().DynamoDbItemEncryptorConfig(encryptorConfig(config, item.keySet())).build();
    switch (operation) {
      case "encrypt":
        return () -> encryptor.EncryptItem(EncryptItemInput.builder().plaintextItem(item).build()).encryptedItem();
      case "decrypt":
        return () -> encryptor.DecryptItem(DecryptItemInput.builder().encryptedItem(item).build()).plaintextItem();
      default:
        throw new IllegalArgumentException("unknown operation");
    }
  }

  private static DynamoDbItemEncryptorConfig encryptorConfig(JsonNode config, Set<String> names) {
    DynamoDbItemEncryptorConfig.Builder builder =
        DynamoDbItemEncryptorConfig.builder()
            .logicalTableName(config.get("table").asText())
            .partitionKeyName(config.get("partitionKey").asText())
            .attributeActionsOnEncrypt(actions(config, names))
            .keyring(Keyrings.fromConfig(config.get("keys")));
    if (config.hasNonNull("sortKey")) {
      builder.sortKeyName(config.get("sortKey").asText());
    }
    if (config.hasNonNull("allowedUnsignedAttributes")) {
      builder.allowedUnsignedAttributes(texts(config.get("allowedUnsignedAttributes")));
    }
    if (config.hasNonNull("allowedUnsignedAttributePrefix")) {
      builder.allowedUnsignedAttributePrefix(config.get("allowedUnsignedAttributePrefix").asText());
    }
    if (config.hasNonNull("algorithmSuite")) {
      builder.algorithmSuiteId(suite(config.get("algorithmSuite").asText()));
    }
    return builder.build();
  }

  /** The client has no default action: it is spelt out for the item's attributes that nothing else decides. */
  private static Map<String, CryptoAction> actions(JsonNode config, Set<String> names) {
    Map<String, CryptoAction> actions = new HashMap<>();
    JsonNode configured = config.get("actions");
    configured.path("attributes").fields().forEachRemaining(entry -> actions.put(entry.getKey(), CryptoAction.valueOf(entry.getValue().asText())));
    if (configured.hasNonNull("default")) {
      CryptoAction otherwise = CryptoAction.valueOf(configured.get("default").asText());
      names.stream().filter(name -> !isKey(config, name) && !isUnsigned(config, name)).forEach(name -> actions.putIfAbsent(name, otherwise));
    }
    CryptoAction keyAction = includes(configured) ? CryptoAction.SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT : CryptoAction.SIGN_ONLY;
    actions.putIfAbsent(config.get("partitionKey").asText(), keyAction);
    if (config.hasNonNull("sortKey")) {
      actions.putIfAbsent(config.get("sortKey").asText(), keyAction);
    }
    return actions;
  }

  private static boolean includes(JsonNode configured) {
    boolean byName = false;
    for (JsonNode action : configured.path("attributes")) {
      byName |= action.asText().equals(INCLUDED);
    }
    return byName || configured.path("default").asText().equals(INCLUDED);
  }

  private static boolean isKey(JsonNode config, String name) {
    return name.equals(config.get("partitionKey").asText()) || name.equals(config.path("sortKey").asText(null));
  }

  private static boolean isUnsigned(JsonNode config, String name) {
    return name.startsWith(RESERVED)
        || texts(config.path("allowedUnsignedAttributes")).contains(name)
        || (config.hasNonNull("allowedUnsignedAttributePrefix") && name.startsWith(config.get("allowedUnsignedAttributePrefix").asText()));
  }

  private static DBEAlgorithmSuiteId suite(String id) {
    switch (id.toLowerCase()) {
      case "0x6700":
        return DBEAlgorithmSuiteId.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384;
      case "0x6701":
        return DBEAlgorithmSuiteId.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384;
      default:
        throw new IllegalArgumentException("unknown algorithm suite");
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(member -> texts.add(member.asText()));
    return texts;
  }

  /** A collection says only that there are errors; what they are is in its list. */
  private static String describe(Throwable error) {
    String own = error.getClass().getSimpleName() + ": " + error.getMessage();
    Stream<? extends Throwable> inner =
        error instanceof CollectionOfErrors
            ? ((CollectionOfErrors) error).list().stream()
            : error instanceof software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.CollectionOfErrors
                ? ((software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.CollectionOfErrors) error).list().stream()
                : Stream.empty();
    String all = inner.map(Peer::describe).distinct().collect(Collectors.joining("; "));
    return all.isEmpty() ? own : own + " [" + all + "]";
  }
}
