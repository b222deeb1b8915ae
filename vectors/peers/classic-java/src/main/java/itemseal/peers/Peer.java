package itemseal.peers;

import com.amazonaws.services.dynamodbv2.datamodeling.encryption.DynamoDBEncryptor;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.EncryptionContext;
import com.amazonaws.services.dynamodbv2.datamodeling.encryption.EncryptionFlags;
import com.amazonaws.services.dynamodbv2.model.AttributeValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.crypto.NoSuchPaddingException;

/**
 * Runs the released DynamoDB Encryption Client for Java on lines of JSON.
 *
 * <p>One request a line on standard input, one answer a line on standard output, in the same order; the README beside
 * this project has the shape of both. This program only translates a configuration into the client's own objects and
 * JSON into AttributeValue; whatever an item becomes is the client's doing.
 */
public final class Peer {
  private static final ObjectMapper JSON = new ObjectMapper().configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, true);

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
      if (operation.equals("newVersion")) {
        JsonNode keys = request.get("config").get("keys");
        Providers.metaStore(keys).newProvider(keys.get("materialName").asText());
        answer.set("item", JSON.createObjectNode());
      } else if (operation.equals("bench")) {
        Callable<?> run = operation(request.get("direction").asText(), request.get("config"), Items.fromJson(request.get("item")));
        answer.put("nanoseconds", nanoseconds(run, request.get("warmup").asInt(), request.get("iterations").asInt()));
        answer.put("runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
      } else {
        answer.set("item", Items.toJson(operation(operation, request.get("config"), Items.fromJson(request.get("item"))).call()));
      }
    } catch (Exception e) {
      answer.put("error", (unsupported(e) ? "unsupported: " : "") + e.getClass().getSimpleName() + ": " + e.getMessage());
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

  private static Callable<Map<String, AttributeValue>> operation(String operation, JsonNode config, Map<String, AttributeValue> item)
      throws Exception {
    DynamoDBEncryptor encryptor = DynamoDBEncryptor.getInstance(Providers.fromConfig(operation, config.get("keys")));
    EncryptionContext context =
        new EncryptionContext.Builder()
            .withTableName(config.get("table").asText())
            .withHashKeyName(config.get("partitionKey").asText())
            .withRangeKeyName(config.hasNonNull("sortKey") ? config.get("sortKey").asText() : null)
            .build();
    Map<String, Set<EncryptionFlags>> flags = flags(encryptor, config, item);
    switch (operation) {
      case "encrypt":
        return () -> encryptor.encryptRecord(item, flags, context);
      case "decrypt":
        return () -> encryptor.decryptRecord(item, flags, context);
      default:
        throw new IllegalArgumentException("unknown operation");
    }
  }

  private static Map<String, Set<EncryptionFlags>> flags(DynamoDBEncryptor encryptor, JsonNode config, Map<String, AttributeValue> item) {
    Map<String, Set<EncryptionFlags>> flags = new HashMap<>();
    for (String name : item.keySet()) {
      if (name.equals(encryptor.getSignatureFieldName()) || name.equals(encryptor.getMaterialDescriptionFieldName())) {
        continue;
      }
      boolean key = name.equals(config.get("partitionKey").asText()) || name.equals(config.path("sortKey").asText(null));
      JsonNode actions = config.get("actions");
      String otherwise = key ? "SIGN_ONLY" : actions.path("default").asText("ENCRYPT_AND_SIGN");
      String action = actions.path("attributes").path(name).asText(otherwise);
      if (key && !action.equals("SIGN_ONLY")) {
        throw new IllegalArgumentException("a key attribute is signed and not encrypted");
      }
      switch (action) {
        case "ENCRYPT_AND_SIGN":
          flags.put(name, EnumSet.of(EncryptionFlags.ENCRYPT, EncryptionFlags.SIGN));
          break;
        case "SIGN_ONLY":
          flags.put(name, EnumSet.of(EncryptionFlags.SIGN));
          break;
        case "DO_NOTHING":
          break;
        default:
          throw new IllegalArgumentException("unknown action");
      }
    }
    return flags;
  }

  /** An algorithm the JDK or this peer does not have; the client wraps the JDK's own exception in its own. */
  private static boolean unsupported(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnsupportedOperationException
          || cause instanceof NoSuchAlgorithmException
          || cause instanceof NoSuchPaddingException) {
        return true;
      }
    }
    return false;
  }
}
