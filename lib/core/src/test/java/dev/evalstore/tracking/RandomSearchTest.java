package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Page;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Condition;
import dev.evalstore.search.Facts;
import dev.evalstore.search.Field;
import dev.evalstore.search.Order;
import dev.evalstore.search.RandomConditions;
import dev.evalstore.search.SearchOracle;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random trees over random experiments, paged while others are created, find what the oracle finds. */
class RandomSearchTest {
    private static final int EXPERIMENTS = 120;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ExperimentRepository experiments = database.db().tracking().experiments();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void random_trees_find_what_the_oracle_finds(long seed) throws SQLException {
        prove(seed, Integer.getInteger("searches", 400) / 2);
    }

    @Test
    @Tag("long")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void many_random_trees_find_what_the_oracle_finds() throws SQLException {
        int trees = Integer.getInteger("searches.long", 2_000);
        for (long seed = 100; seed < 110; seed++) {
            prove(seed, trees / 10);
        }
    }

    private void prove(long seed, int trees) throws SQLException {
        Random random = new Random(seed);
        List<String> projects = List.of("p" + seed, "'; drop " + seed, "日本 " + seed);
        database.admin(
                "truncate evalstore.experiments, evalstore.experiment_metrics, evalstore.experiment_params, evalstore.datasets cascade");
        SearchedExperiments stored = new SearchedExperiments(random, projects);
        try (Connection connection = database.connection()) {
            stored.prepare(connection);
            List<Facts> old = new ArrayList<>();
            for (int i = 0; i < EXPERIMENTS; i++) {
                boolean isDeleted = i % 20 == 0;
                Facts facts = stored.insert(connection, isDeleted);
                if (!isDeleted) {
                    old.add(facts);
                }
            }
            database.admin("analyze");
            List<UUID> ids = old.stream().map(SearchedExperiments::id).toList();
            RandomConditions draw = new RandomConditions(random, ids, SearchedExperiments.ATTRIBUTES);
            for (int i = 0; i < trees; i++) {
                String project = random.nextInt(3) == 0 ? null : draw.pick(projects);
                prove(
                        connection,
                        stored,
                        old,
                        new Search(
                                project,
                                draw.condition(random.nextInt(5)),
                                orders(random, draw),
                                1 + random.nextInt(40)),
                        random);
            }
        }
    }

    private static List<Order> orders(Random random, RandomConditions draw) {
        List<Order> orders = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            orders.add(
                    random.nextBoolean()
                            ? new Order(new Field.Metric(draw.pick(RandomConditions.NAMES)), random.nextBoolean())
                            : draw.order());
        }
        return orders;
    }

    private record Search(@Nullable String project, Condition condition, List<Order> orders, int limit) {
        ExperimentQuery query() {
            ExperimentQuery query =
                    ExperimentQuery.matching(condition).orderBy(orders).limit(limit);
            return project == null ? query : query.project(project);
        }
    }

    private void prove(Connection connection, SearchedExperiments stored, List<Facts> old, Search search, Random random)
            throws SQLException {
        List<Order> orders =
                search.orders().isEmpty() ? List.of(Order.descending(Attribute.CREATED_AT)) : search.orders();
        List<Facts> inProject = old.stream()
                .filter(facts -> search.project() == null
                        || search.project().equals(facts.attributes().get(Attribute.PROJECT)))
                .toList();
        List<Facts> expected =
                SearchOracle.search(inProject, search.condition(), orders, stored.newestFirst(), Instant.now());
        Map<UUID, Facts> known =
                inProject.stream().collect(Collectors.toMap(SearchedExperiments::id, Function.identity()));
        boolean isAll = random.nextInt(4) == 0;
        ExperimentQuery query = isAll ? search.query() : search.query().select("name");
        List<UUID> found = new ArrayList<>();
        Map<UUID, ExperimentRow> rows = new HashMap<>();
        int inserted = 0;
        Page<ExperimentRow> page = experiments.search(query);
        while (true) {
            assertThat(page.items()).hasSizeLessThanOrEqualTo(search.limit());
            for (ExperimentRow row : page.items()) {
                if (known.containsKey(row.id())) {
                    found.add(row.id());
                    rows.put(row.id(), row);
                }
            }
            if (page.next() == null) {
                break;
            }
            if (inserted++ < 3) {
                stored.insert(connection, false);
            }
            page = experiments.search(query.after(page.next()));
        }
        assertThat(found)
                .as(search.toString())
                .containsExactlyElementsOf(
                        expected.stream().map(SearchedExperiments::id).toList());
        if (isAll) {
            rows.forEach((id, row) -> assertWhole(row, known.get(id)));
        }
        if (inserted > 0) {
            connection
                    .createStatement()
                    .execute("delete from evalstore.experiments where number > " + stored.lastOf(old));
        }
    }

    private static void assertWhole(ExperimentRow row, Facts facts) {
        facts.attributes()
                .forEach((attribute, value) -> assertThat(row.text(attribute))
                        .as(attribute.toString())
                        .isEqualTo(
                                attribute.type() == dev.evalstore.search.FieldType.NUMBER
                                        ? row.text(attribute)
                                        : value.toString()));
        assertThat(row.attributes()).hasSameSizeAs(facts.attributes());
        assertThat(row.metrics()).isEqualTo(facts.metrics());
        assertThat(row.tags()).isEqualTo(facts.tags());
        assertThat(row.params()).hasSameSizeAs(facts.params());
        facts.params().forEach((name, fact) -> assertThat(row.param(name)).isEqualTo(fact.text()));
    }
}
