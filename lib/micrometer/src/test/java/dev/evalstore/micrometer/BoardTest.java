package dev.evalstore.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventDecision;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventFailure;
import dev.evalstore.event.EventLease;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.Evalstore;
import dev.evalstore.testing.TestStore;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the page and the board name is what is measured. */
@Evalstore
class BoardTest {
    private static final Path DOCS = Path.of("../docs");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Brings every meter to life, and lets the test look. */
    private void withEveryMeter(TestStore store, Runnable look) {
        String url = store.config().build().url();
        try (Database db = Database.open(store.config().replicas(url).build());
                EvalstoreMetrics metrics =
                        EvalstoreMetrics.bind(db, registry, MetricsOptions.DEFAULT.every(Duration.ofSeconds(1)))) {
            db.jobs().create(NewJob.of("score", Json.EMPTY));
            JobRunner.on(db)
                    .listener(metrics.runner())
                    .handle("score", Object.class, context -> null)
                    .runDue(1);
            db.jobs().create(NewJob.of("score", Json.EMPTY));
            metrics.runner().lost(new Lease(UUID.randomUUID(), 1, 1, 1, Instant.now(), Instant.now()));
            EventLease lease =
                    new EventLease(UUID.randomUUID(), "bills", EventDelivery.HANDLER, 1, 0, 0, Instant.now(), 0);
            metrics.dispatcher().delivered(lease, List.of(), Duration.ofMillis(1));
            metrics.dispatcher().lost(lease);
            metrics.dispatcher().failed(lease, event(), new EventFailure(EventDecision.RETRY, 1, null), null);
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    registry.find("evalstore.queue.lag").gauges())
                            .isNotEmpty());
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    registry.find("evalstore.statements").functionTimers())
                            .isNotEmpty());
            look.run();
        }
    }

    private static DomainEvent event() {
        return new DomainEvent(
                1,
                UUID.randomUUID(),
                "run.created",
                "run",
                "1",
                1,
                Json.EMPTY,
                null,
                null,
                null,
                null,
                "1",
                Instant.now());
    }

    private static Set<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(one -> one.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_name_on_the_board_is_scraped(TestStore store) throws IOException {
        String board = Files.readString(DOCS.resolve("grafana-board.json"));
        withEveryMeter(store, () -> {
            Set<String> scraped = found(registry.scrape(), "(?m)^(evalstore_\\w+)");
            assertThat(found(board, "\\b(evalstore_\\w+)"))
                    .hasSizeGreaterThan(20)
                    .isSubsetOf(scraped);
        });
    }

    @Test
    void every_panel_has_a_title_and_a_unit() throws IOException {
        Map<?, ?> board =
                Json.parse(Files.readString(DOCS.resolve("grafana-board.json"))).as(Map.class);
        List<?> panels = (List<?>) board.get("panels");
        assertThat(panels).hasSizeGreaterThan(20);
        for (Object one : panels) {
            Map<?, ?> panel = (Map<?, ?>) one;
            assertThat((String) panel.get("title")).isNotBlank();
            if (!"row".equals(panel.get("type"))) {
                assertThat(panel.toString()).contains("unit=").contains("expr=").contains("legendFormat=");
            }
        }
    }

    @Test
    void the_page_lists_every_meter_with_its_kind_its_unit_and_its_tags(TestStore store) throws IOException {
        Set<String> listed = found(
                Files.readString(DOCS.resolve("observability.md")),
                "(?m)^(\\| `evalstore\\.[a-z.]+` \\| (?:gauge|timer|counter) \\| (?:seconds)? ?\\| [^|]*)\\|");
        withEveryMeter(store, () -> {
            Set<String> kept = new TreeSet<>();
            registry.getMeters().forEach(meter -> kept.add(row(meter.getId())));
            assertThat(kept).isEqualTo(listed);
        });
    }

    private static String row(Meter.Id id) {
        String tags = id.getTags().stream()
                .map(Tag::getKey)
                .map(key -> "`" + key + "`")
                .sorted(BoardTest::asListed)
                .collect(Collectors.joining(", "));
        String kind = switch (id.getType()) {
            case TIMER -> "timer";
            case COUNTER -> "counter";
            default -> "gauge";
        };
        String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit() + " ";
        return "| `" + id.getName() + "` | " + kind + " | " + unit + "| " + (tags.isEmpty() ? "" : tags + " ");
    }

    /** A name before what is said of it. */
    private static int asListed(String one, String other) {
        List<String> last = List.of("`state`", "`outcome`", "`decision`");
        return Integer.compare(last.indexOf(one), last.indexOf(other));
    }
}
