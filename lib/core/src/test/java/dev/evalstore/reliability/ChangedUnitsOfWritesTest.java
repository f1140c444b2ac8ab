package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.Repositories;
import dev.evalstore.catalog.FrameworkFilter;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.catalog.ModelVersionFilter;
import dev.evalstore.catalog.UseCaseFilter;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.matrix.RankingMethod;
import dev.evalstore.matrix.ResultFilter;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.version.Unit;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each write changes the version of each unit that shows something else after it, and tells this process. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChangedUnitsOfWritesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** In these every cached read is changed by some write. */
    private static final Set<String> KINDS = Set.of(
            "model",
            "model_version",
            "benchmark",
            "metrics",
            "rec",
            "hardware",
            "frameworks",
            "use_cases",
            "definition",
            "board");

    private static final Set<String> seen = new TreeSet<>();
    private static SparePool application;
    private static SparePool owner;
    private static Connection admin;
    private static Picture picture;

    @BeforeAll
    static void open() throws SQLException {
        TestServer server = TestServer.get();
        String url = database.config().build().url();
        application = new SparePool(url, server.admin(), server.adminPassword(), "evalstore_app");
        owner = new SparePool(url, server.admin(), server.adminPassword(), "evalstore_owner");
        admin = server.admin(database.name());
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        picture = new Picture(admin);
    }

    @AfterAll
    static void close() throws SQLException {
        application.close();
        owner.close();
        admin.close();
    }

    static Stream<Write<?>> writes() {
        return Writes.all().stream();
    }

    @Order(1)
    @SuppressWarnings("try") // Listening ends with the block.
    @ParameterizedTest(name = "{0}")
    @MethodSource("writes")
    <C> void what_shows_something_else_has_another_version(Write<C> write) throws Exception {
        picture.clear();
        DatabaseOptions options = DatabaseOptions.DEFAULT.passwordHasher(new CheapHasher());
        C found = write.before().apply(new Lab(Database.using(database.pool(), options), admin));
        Database db = Database.using(write.is(Write.Trait.OWNER) ? owner : application, options);
        write.warm().accept(db, found);
        Map<Unit, String> shownBefore = shown(database.db());
        Map<Unit, String> versionsBefore = versions(shownBefore.keySet());
        String position = database.db().versions().changes(null).position();
        Set<Unit> told = new HashSet<>();
        var tellings = new ConcurrentLinkedQueue<Set<Unit>>();
        try (var listening = db.versions().onOwnChange(tellings::add)) {
            write.call().on(db, found);
        }
        tellings.forEach(told::addAll);
        boolean isAnyTold = tellings.stream().anyMatch(Set::isEmpty) || told.contains(Unit.EVERYTHING);

        Map<Unit, String> shownAfter = shown(database.db());
        Set<Unit> changed = new HashSet<>(shownBefore.keySet());
        changed.addAll(shownAfter.keySet());
        changed.removeIf(unit -> shownBefore.getOrDefault(unit, "").equals(shownAfter.getOrDefault(unit, "")));
        Map<Unit, String> versionsAfter = versions(changed);
        var changes = database.db().versions().changes(position);
        String none = versions(Set.of(new Unit("none"))).get(new Unit("none"));
        for (Unit unit : changed) {
            assertThat(versionsAfter.get(unit))
                    .as("version of %s", unit)
                    .isNotEqualTo(versionsBefore.getOrDefault(unit, none));
            assertThat(changes.everything() || changes.units().contains(unit))
                    .as("%s is among the changes", unit)
                    .isTrue();
            assertThat(isAnyTold || told.contains(unit))
                    .as("this process is told of %s", unit)
                    .isTrue();
            seen.add(unit.name().replaceAll(":.*", ""));
        }
    }

    /** Of what the writes change, all kinds are among the tested ones: the comparison would notice. */
    @Order(2)
    @Test
    void every_kind_of_unit_is_changed_by_some_write() throws Exception {
        if (seen.isEmpty()) {
            for (Write<?> write : Writes.all()) {
                if (write.verb()
                        .matches(
                                "(models|modelVersions|hardware|frameworks|useCases|results|rankings|definitions|submissions)\\..*")) {
                    what_shows_something_else_has_another_version(write);
                }
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(KINDS);
    }

    /** What each unit shows, of everything that there is. */
    private static Map<Unit, String> shown(Repositories db) {
        Map<Unit, String> shown = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
        for (UUID model : ids("select id::text from evalstore.models")) {
            shown.put(
                    Unit.model(model),
                    text(db.catalog().models().get(model))
                            + text(db.catalog()
                                    .modelVersions()
                                    .list(ModelVersionFilter.ALL.model(model), 100)
                                    .items()));
        }
        for (UUID version : ids("select id::text from evalstore.model_versions union"
                + " select model_version_id::text from evalstore.benchmark_results")) {
            shown.put(
                    Unit.modelVersion(version),
                    text(db.catalog().modelVersions().find(version).stream().toList()));
            var summary = db.matrix().results().summary(ResultFilter.ALL.modelVersion(version));
            var daily = db.matrix()
                    .results()
                    .listDailyStats(version, LocalDate.of(2000, 1, 1), LocalDate.of(2100, 1, 1), 100);
            if (summary.count() > 0 || !daily.isEmpty()) {
                shown.put(Unit.metrics(version), text(summary) + text(daily));
            }
        }
        for (String pair : database.query(
                "select distinct model_version_id || ' ' || hardware_config_id from evalstore.benchmark_results")) {
            UUID version = UUID.fromString(pair.substring(0, 36));
            UUID machine = UUID.fromString(pair.substring(37));
            shown.put(
                    Unit.results(version, machine),
                    text(db.matrix()
                            .results()
                            .list(ResultFilter.ALL.modelVersion(version).hardware(machine), 100)
                            .items()));
        }
        for (String category : database.query("select distinct use_case_category from evalstore.model_rankings")) {
            for (RankingMethod method : RankingMethod.values()) {
                List<?> set = db.matrix().rankings().list(category, method);
                if (!set.isEmpty()) {
                    shown.put(Unit.rankings(category, method), text(set));
                }
            }
        }
        shown.put(
                Unit.HARDWARE,
                text(db.catalog().hardware().list(HardwareFilter.ALL, 100).items()));
        shown.put(
                Unit.FRAMEWORKS,
                text(db.catalog().frameworks().list(FrameworkFilter.ALL, 100).items()));
        shown.put(
                Unit.USE_CASES,
                text(db.catalog().useCases().list(UseCaseFilter.ALL, 100).items()));
        for (String slug : database.query("select distinct slug from evalstore.benchmark_definitions")) {
            for (BenchmarkDefinition definition :
                    db.exchange().definitions().findBySlug(slug).stream().toList()) {
                shown.put(
                        Unit.definition(slug),
                        text(definition)
                                + text(db.exchange().definitions().latest(definition.id()).stream()
                                        .toList()));
            }
        }
        for (UUID version : ids("select distinct version_id::text from evalstore.leaderboard_entries")) {
            for (Board board : Board.values()) {
                List<?> top = db.exchange()
                        .leaderboards()
                        .top(Leaderboard.of(version, board), Viewer.ANONYMOUS, 100)
                        .items();
                if (!top.isEmpty()) {
                    shown.put(Unit.board(version, board), text(top));
                }
            }
        }
        return shown;
    }

    private static List<UUID> ids(String sql) {
        return database.query(sql).stream().map(UUID::fromString).toList();
    }

    private static String text(Object value) {
        return Json.of(value).text();
    }

    private static Map<Unit, String> versions(Set<Unit> units) {
        Map<Unit, String> versions = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
        units.forEach(
                unit -> versions.put(unit, database.db().versions().of(unit).value()));
        return versions;
    }
}
