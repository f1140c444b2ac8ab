package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Predicates;
import dev.evalstore.internal.jdbc.Predicates.Comparison;
import dev.evalstore.internal.jdbc.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The order of a search: columns that found rows have, and the number of the experiment, which no two share. */
record SearchKeys(List<SearchKey> keys) {
    private static final String KEY = "k{i}";
    private static final String QUALIFIED = "{t}.{k}";
    private static final String DIRECTED = "{c} {d}";

    /** What a cursor keeps. */
    List<SearchKey.Type> types() {
        return keys.stream().map(SearchKey::type).toList();
    }

    /** The columns' names. */
    List<String> labels() {
        return IntStream.range(0, keys.size())
                .mapToObj(i -> KEY.replace("{i}", Integer.toString(i)))
                .toList();
    }

    /** What comes after the place, by the keys from the given one on. The first condition is for the index. */
    Sql later(SearchCursor place, int first) {
        List<String> columns = qualified("r");
        Sql later = Predicates.compare("r.number", Comparison.LESS, place.number());
        for (int i = keys.size() - 1; i >= first; i--) {
            boolean descending = keys.get(i).descending();
            Object value = place.keys().get(i);
            String column = columns.get(i);
            Sql beyond = compare(column, descending ? Comparison.LESS : Comparison.GREATER, value);
            Sql same = compare(column, Comparison.EQUAL, value);
            later = Predicates.any(List.of(beyond, Predicates.all(List.of(same, later))));
            if (i == first) {
                Sql notBefore = compare(column, descending ? Comparison.AT_MOST : Comparison.AT_LEAST, value);
                later = Predicates.all(List.of(notBefore, later));
            }
        }
        return later;
    }

    private static Sql compare(String column, Comparison comparison, Object value) {
        return Predicates.compare(Sql.of(column), comparison, Sql.of("?", value));
    }

    /** The keys' columns in a table. */
    List<String> qualified(String table) {
        return labels().stream()
                .map(label -> QUALIFIED.replace("{t}", table).replace("{k}", label))
                .toList();
    }

    /** What {@code order by} needs of the table, by the keys from the given one on, and then the newest first. */
    String order(String table, int first) {
        List<String> columns = qualified(table);
        List<String> order = new ArrayList<>();
        for (int i = first; i < keys.size(); i++) {
            order.add(directed(columns.get(i), keys.get(i).descending()));
        }
        order.add(directed(QUALIFIED.replace("{t}", table).replace("{k}", "number"), true));
        return String.join(", ", order);
    }

    private static String directed(String column, boolean descending) {
        return DIRECTED.replace("{c}", column).replace("{d}", descending ? "desc" : "asc");
    }
}
