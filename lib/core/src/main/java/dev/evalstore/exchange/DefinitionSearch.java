package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds definitions by words. How a text is cut into words and asked for stands in the schema, beside what is indexed. */
final class DefinitionSearch {
    static final int MAX_TEXT = 10_000;

    /**
     * Where the words stand comes first, then how often and how close together. A document's search column is read once for its
     * five comparisons: a long one is stored apart and compressed.
     */
    static final String SEARCH = DefinitionRows.TABLE.text("""
            /* benchmark_definitions.search */ with wanted as materialized (
                select evalstore.definition_query(t.searched) as anywhere,
                    evalstore.definition_query(t.searched, 'A') as wholly_named,
                    evalstore.definition_query(t.searched, '*A') as named,
                    evalstore.definition_query(t.searched, '*AB') as tagged,
                    evalstore.definition_query(t.searched, '*ABC') as described
                from (select ?::text as searched) t),
            found as materialized (
                select s.id, s.name, s.search from evalstore.definition_search s
                where s.search @@ (select w.anywhere from wanted w)
                limit 1001),
            ranked as (
                select f.id,
                    case when r.search @@ w.wholly_named then 4 when r.search @@ w.named then 3
                        when r.search @@ w.tagged then 2 when r.search @@ w.described then 1 else 0 end as place,
                    ts_rank(r.search, w.anywhere) as rank, char_length(f.name) as size
                from (select id, name, search from found limit 1000) f
                cross join wanted w
                cross join lateral (select f.search || ''::tsvector as search offset 0) r
                order by place desc, rank desc, size, id desc
                limit ?)
            select {columns}, (select count(*) from found) > 1000 as truncated
            from ranked join evalstore.benchmark_definitions using (id)
            order by place desc, rank desc, size, id desc""");

    private static final String SEARCH_SIMILAR = DefinitionRows.TABLE.text("""
            /* benchmark_definitions.search_similar */ select {columns}
            from evalstore.similar_definitions(?, ?) join evalstore.benchmark_definitions using (id)
            order by similarity desc, id desc""");

    private DefinitionSearch() {}

    /** A definition, and whether others were passed over when it was ranked. */
    private record Match(BenchmarkDefinition definition, boolean truncated) {}

    static DefinitionMatches search(Jdbc jdbc, String text, int limit) {
        String searched = text(text);
        Check.limit(limit);
        List<Match> matches = jdbc.list(
                Sql.of(SEARCH, searched, limit),
                row -> new Match(DefinitionRows.TABLE.mapper().map(row), row.bool("truncated")));
        return matches.isEmpty()
                ? new DefinitionMatches(
                        jdbc.list(Sql.of(SEARCH_SIMILAR, searched, limit), DefinitionRows.TABLE.mapper()), false)
                : new DefinitionMatches(
                        matches.stream().map(Match::definition).toList(),
                        matches.get(0).truncated());
    }

    static String text(@Nullable String value) {
        return Check.text("text", value, 1, MAX_TEXT);
    }
}
