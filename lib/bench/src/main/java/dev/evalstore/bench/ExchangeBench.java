package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.exchange.Bump;
import dev.evalstore.exchange.ConstraintKind;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionMatches;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.MatchKind;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.OutputConstraint;
import dev.evalstore.exchange.PrimaryMetric;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

/**
 * {@code exchange}: a definition with {@code cases} (5,000) test cases, in one call and by hand; the latest version of a definition
 * with 1 and with {@code versions} (1,000) of them, {@code calls} (2,000) a side and round; and {@code searches} (200) a side and
 * round over {@code definitions} (100,000), as p50: by one word, by two, by a prefix that at most 1 % of them have, and by one that
 * more have. {@code only} names one of cases, latest and search.
 */
final class ExchangeBench {
    private static final String DESCRIPTION = "Multiple-choice questions of a school, with one right answer each.";
    private static final String INDEX = "idx_benchmark_definitions_search";
    private static final int LIMIT = 20;

    /** Below this the server may well read the table from end to end. */
    private static final int LARGE = 10_000;

    /** 20,000 words of four syllables; one is in 80 of 100,000 definitions, its first five letters are in 800, its first four in 4,000. */
    private static final String WORD =
            "create or replace function pg_temp.word(n int) returns text language sql immutable"
                    + " as $$ select substr(s, n % 20 * 2 + 1, 2) || substr(s, n / 20 % 20 * 2 + 1, 2)"
                    + " || substr(s, n / 400 % 20 * 2 + 1, 2) || substr(s, n / 8000 % 20 * 2 + 1, 2)"
                    + " from (select 'babebibodadedidogagegigokakekikolalelilo') as syllables (s) $$";

    private final Lab lab;
    private final DefinitionRepository definitions;

    private ExchangeBench(Lab lab) {
        this.lab = lab;
        this.definitions = lab.db().exchange().definitions();
    }

    static void run(Lab lab) throws Exception {
        ExchangeBench bench = new ExchangeBench(lab);
        String only = lab.settings().text("only");
        if (only == null || only.equals("cases")) {
            bench.createCases(lab.settings().number("cases", 5_000));
        }
        if (only == null || only.equals("latest")) {
            bench.latest(
                    lab.settings().number("versions", 1_000), lab.settings().number("calls", 2_000));
        }
        if (only == null || only.equals("search")) {
            bench.search(
                    lab.settings().number("definitions", 100_000),
                    lab.settings().number("searches", 200));
        }
    }

    private void empty() throws SQLException {
        lab.execute("truncate evalstore.benchmark_definitions cascade", "checkpoint");
    }

    private static NewBenchmarkDefinition definition(String slug) {
        return NewBenchmarkDefinition.of(slug, "Of " + slug, DESCRIPTION, DefinitionCategory.ACCURACY, "MIT");
    }

    private static NewDefinitionVersion version() {
        return NewDefinitionVersion.of(
                "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"));
    }

    private void createCases(int number) throws Exception {
        List<ExchangeHand.Case> cases = new ArrayList<>();
        List<NewTestCase> rows = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ExchangeHand.Case one = new ExchangeHand.Case(
                    "case-" + i,
                    "Question " + i,
                    "topic-" + i % 57,
                    "The following are questions about {{topic}}. Answer with one letter. "
                            + "A question of words. ".repeat(12),
                    "{\"topic\":\"algebra " + i + "\"}",
                    "Answer " + i,
                    i);
            cases.add(one);
            NewTestCase row = NewTestCase.of(one.key(), one.name(), one.prompt());
            rows.add(row.tags(one.tag())
                    .variables(Json.parse(one.variables()))
                    .sortOrder(one.sortOrder())
                    .answer(row.answer().referenceOutput(one.answer()))
                    .accept(ExpectedOutput.of(MatchKind.EXACT, one.answer()))
                    .constrain(OutputConstraint.of(ConstraintKind.LENGTH, Json.parse("{\"max\":2000}"))));
        }
        ExchangeHand hand = new ExchangeHand(lab.pool());
        lab.report().progress("exchange.create_cases, cases a second");
        Map<String, Double> rates = new Rounds(lab)
                .side(
                        "evalstore",
                        () -> rate(
                                number,
                                () -> definitions.create(
                                        definition("a-b"), "1.0.0", version().cases(rows))))
                .side("raw", () -> rate(number, () -> hand.create("a-b", "Of a-b", DESCRIPTION, cases)))
                .medians();
        lab.report().values("exchange.create_cases", rates, "cases/s", Map.of("cases", number, "rounds", lab.rounds()));
        lab.report().ratio("exchange.create_cases", rates, "evalstore", "raw");
    }

    /** Stores a definition in one way. */
    @FunctionalInterface
    private interface Store {
        void run() throws Exception;
    }

    private double rate(int cases, Store store) throws Exception {
        empty();
        long start = System.nanoTime();
        store.run();
        return cases / ((System.nanoTime() - start) / 1e9);
    }

    private void latest(int versions, int calls) throws Exception {
        empty();
        UUID one = definitions.create(definition("one"), "1.0.0", version()).id();
        UUID many = definitions.create(definition("many"), "1.0.0", version()).id();
        for (int i = 1; i < versions; i++) {
            definitions.publish(many, Bump.MINOR, version());
        }
        lab.execute("vacuum analyze evalstore.definition_versions", "checkpoint");
        String most = Integer.toString(versions);
        lab.report().progress("exchange.latest, us a call");
        Map<String, Double> micros = new Calls(lab, calls)
                .side("1", () -> definitions.latest(one).orElseThrow())
                .side(most, () -> definitions.latest(many).orElseThrow())
                .medianMicros();
        lab.report().values("exchange.latest", micros, "us", Map.of("calls", calls, "rounds", lab.rounds()));
        lab.report().ratio("exchange.latest", micros, most, "1");
    }

    private void search(int number, int searches) throws Exception {
        empty();
        lab.report().progress("making " + number + " definitions");
        lab.execute(
                WORD,
                "insert into evalstore.benchmark_definitions (slug, name, description, tags, category, status, license)"
                        + " select 'definition-' || i, initcap(array_to_string(w[1:3], ' ')), array_to_string(w[4:15], ' ') || '.',"
                        + " w[16:16], 'accuracy', 'active', 'MIT' from generate_series(1, " + number + ") i"
                        + " cross join lateral (select array_agg(pg_temp.word(((hashint8extended(i, j) & 2147483647) % 20000)::int)) as w"
                        + " from generate_series(1, 16) j) words",
                "drop function pg_temp.word(int)",
                "vacuum (freeze, analyze) evalstore.benchmark_definitions",
                "checkpoint");
        List<String[]> names = names();
        List<Side> sides = List.of(
                new Side("one word", words -> words[0]),
                new Side("two words", words -> words[0] + " " + words[1]),
                new Side("prefix", words -> words[0].substring(0, 5)),
                new Side("common prefix", words -> words[0].substring(0, 4)));
        for (Side side : sides) {
            explain(side, names.get(0), number);
        }
        lab.report().progress("exchange.search, p50 in ms");
        Rounds rounds = new Rounds(lab);
        for (Side side : sides) {
            rounds.side(side.name(), () -> p50(side, names, searches));
        }
        Map<String, Double> millis = rounds.medians();
        Double common = Objects.requireNonNull(millis.remove("common prefix"));
        Map<String, Object> params = Map.of("definitions", number, "limit", LIMIT, "rounds", lab.rounds());
        lab.report().values("exchange.search", millis, "ms", params);
        lab.report().values("exchange.search_common", Map.of("common prefix", common), "ms", params);
    }

    /** A text to search for, made of the words of a definition's name. */
    private record Side(String name, Function<String[], String> text) {}

    private List<String[]> names() throws SQLException {
        List<String[]> names = new ArrayList<>();
        try (Connection connection = lab.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select name from evalstore.benchmark_definitions order by md5(slug) limit 1000")) {
            while (row.next()) {
                names.add(row.getString(1).split(" ", -1));
            }
        }
        return names;
    }

    private double p50(Side side, List<String[]> names, int searches) throws Exception {
        Random random = new Random(searches);
        Latencies latencies = new Latencies();
        for (int i = 0; i < searches; i++) {
            String text = side.text().apply(names.get(random.nextInt(names.size())));
            DefinitionMatches matches = latencies.time(() -> definitions.search(text, LIMIT));
            if (matches.items().isEmpty()) {
                throw new IllegalStateException("a " + side.name() + " was not found");
            }
        }
        return latencies.millis(0.5);
    }

    private void explain(Side side, String[] name, int number) throws SQLException {
        Recorder recorder = new Recorder(lab.pool());
        DefinitionMatches matches = Database.using(recorder.pool())
                .exchange()
                .definitions()
                .search(side.text().apply(name), LIMIT);
        List<String> plan = recorder.explain("benchmark_definitions.search");
        lab.report().progress(side.name() + (matches.truncated() ? ", of more than 1,000" : ""));
        plan.forEach(lab.report()::progress);
        if (number >= LARGE && plan.stream().noneMatch(line -> line.contains(INDEX))) {
            throw new IllegalStateException("a " + side.name() + " is looked for without the index");
        }
    }
}
