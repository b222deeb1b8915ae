package itemseal.peers;

import com.amazonaws.services.dynamodbv2.model.AttributeValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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
    AttributeValue attribute = new AttributeValue();
    switch (only.getKey()) {
      case "B":
        return attribute.withB(binary(value));
      case "BS":
        attribute.setBS(list(value, Items::binary));
        return attribute;
      case "N":
        return attribute.withN(value.asText());
      case "NS":
        attribute.setNS(list(value, JsonNode::asText));
        return attribute;
      case "S":
        return attribute.withS(value.asText());
      case "SS":
        attribute.setSS(list(value, JsonNode::asText));
        return attribute;
      case "BOOL":
        return attribute.withBOOL(value.booleanValue());
      case "NULL":
        return attribute.withNULL(value.booleanValue());
      case "L":
        attribute.setL(list(value, Items::attribute));
        return attribute;
      case "M":
        return attribute.withM(fromJson(value));
      default:
        throw new IllegalArgumentException("unknown attribute type");
    }
  }

  private static JsonNode json(AttributeValue value) {
    ObjectNode json = NODES.objectNode();
    if (value.getB() != null) {
      json.set("B", base64(value.getB()));
    } else if (value.getBS() != null) {
      json.set("BS", array(value.getBS(), Items::base64));
    } else if (value.getN() != null) {
      json.put("N", value.getN());
    } else if (value.getNS() != null) {
      json.set("NS", array(value.getNS(), NODES::textNode));
    } else if (value.getS() != null) {
      json.put("S", value.getS());
    } else if (value.getSS() != null) {
      json.set("SS", array(value.getSS(), NODES::textNode));
    } else if (value.getBOOL() != null) {
      json.put("BOOL", value.getBOOL());
    } else if (value.getNULL() != null) {
      json.put("NULL", value.getNULL());
    } else if (value.getL() != null) {
      json.set("L", array(value.getL(), Items::json));
    } else if (value.getM() != null) {
      json.set("M", toJson(value.getM()));
    }
    return json;
  }

  private static ByteBuffer binary(JsonNode text) {
    return ByteBuffer.wrap(Base64.getDecoder().decode(text.asText()));
  }

  private static JsonNode base64(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return NODES.textNode(Base64.getEncoder().encodeToString(bytes));
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
