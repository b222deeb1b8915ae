package itemseal.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** DynamoDB JSON, binary as base64, to and from the SDK's AttributeValue. */
final class Items {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Items() {}

  static Map<String, AttributeValue> fromJson(JsonNode item) {
    Map<String, AttributeValue> attributes = new LinkedHashMap<>();
    item.fields().forEachRemaining(entry -> attributes.put(entry.getKey(), attribute(entry.getValue())));
    return attributes;
  }

  static ObjectNode toJson(Map<String, AttributeValue> attributes) {
    ObjectNode item = NODES.objectNode();
    attributes.forEach((name, value) -> item.set(name, json(value)));
    return item;
  }

  private static AttributeValue attribute(JsonNode json) {
    if (json.size() != 1) {
      throw new IllegalArgumentException("an attribute value has exactly one type");
    }
    Map.Entry<String, JsonNode> only = json.fields().next();
    JsonNode value = only.getValue();
    AttributeValue.Builder attribute = AttributeValue.builder();
    switch (only.getKey()) {
      case "B":
        return attribute.b(binary(value)).build();
      case "BS":
        return attribute.bs(list(value, Items::binary)).build();
      case "N":
        return attribute.n(value.asText()).build();
      case "NS":
        return attribute.ns(list(value, JsonNode::asText)).build();
      case "S":
        return attribute.s(value.asText()).build();
      case "SS":
        return attribute.ss(list(value, JsonNode::asText)).build();
      case "BOOL":
        return attribute.bool(value.booleanValue()).build();
      case "NULL":
        return attribute.nul(value.booleanValue()).build();
      case "L":
        return attribute.l(list(value, Items::attribute)).build();
      case "M":
        return attribute.m(fromJson(value)).build();
      default:
        throw new IllegalArgumentException("unknown attribute type");
    }
  }

  private static JsonNode json(AttributeValue value) {
    ObjectNode json = NODES.objectNode();
    switch (value.type()) {
      case B:
        return json.set("B", base64(value.b()));
      case BS:
        return json.set("BS", array(value.bs(), Items::base64));
      case N:
        return json.put("N", value.n());
      case NS:
        return json.set("NS", array(value.ns(), NODES::textNode));
      case S:
        return json.put("S", value.s());
      case SS:
        return json.set("SS", array(value.ss(), NODES::textNode));
      case BOOL:
        return json.put("BOOL", value.bool());
      case NUL:
        return json.put("NULL", value.nul());
      case L:
        return json.set("L", array(value.l(), Items::json));
      case M:
        return json.set("M", toJson(value.m()));
      default:
        throw new IllegalStateException("the client returned a value of no known type");
    }
  }

  private static SdkBytes binary(JsonNode text) {
    return SdkBytes.fromByteArray(Base64.getDecoder().decode(text.asText()));
  }

  private static JsonNode base64(SdkBytes bytes) {
    return NODES.textNode(Base64.getEncoder().encodeToString(bytes.asByteArray()));
  }

  private static <T> List<T> list(JsonNode json, Function<JsonNode, T> convert) {
    List<T> list = new ArrayList<>();
    json.forEach(member -> list.add(convert.apply(member)));
    return list;
  }

  private static <T> ArrayNode array(List<T> members, Function<T, JsonNode> convert) {
    ArrayNode array = NODES.arrayNode();
    members.forEach(member -> array.add(convert.apply(member)));
    return array;
  }
}
