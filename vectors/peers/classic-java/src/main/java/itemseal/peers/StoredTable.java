package itemseal.peers;

import com.amazonaws.services.dynamodbv2.AbstractAmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.model.AttributeValue;
import com.amazonaws.services.dynamodbv2.model.GetItemRequest;
import com.amazonaws.services.dynamodbv2.model.GetItemResult;
import com.amazonaws.services.dynamodbv2.model.QueryRequest;
import com.amazonaws.services.dynamodbv2.model.QueryResult;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A metastore's table as a file of items; every call but the two a reading MetaStore makes is unsupported. */
final class StoredTable extends AbstractAmazonDynamoDB {
  private final List<Map<String, AttributeValue>> items = new ArrayList<>();

  StoredTable(String file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(Path.of(file))) {
      if (!line.isBlank()) {
        items.add(Items.fromJson(json.readTree(line)));
      }
    }
  }

  @Override
  public GetItemResult getItem(GetItemRequest request) {
    return new GetItemResult()
        .withItem(items.stream().filter(item -> item.entrySet().containsAll(request.getKey().entrySet())).findFirst().orElse(null));
  }

  @Override
  public QueryResult query(QueryRequest request) {
    AttributeValue name = request.getKeyConditions().get("N").getAttributeValueList().get(0);
    Comparator<Map<String, AttributeValue>> byVersion = Comparator.comparing(item -> Long.parseLong(item.get("V").getN()));
    return new QueryResult()
        .withItems(
            items.stream()
                .filter(item -> item.get("N").equals(name))
                .sorted(byVersion.reversed())
                .limit(request.getLimit())
                .collect(Collectors.toList()));
  }
}
