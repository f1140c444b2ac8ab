package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.audit.MonitoringEvent;
import dev.evalstore.audit.MonitoringFilter;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.exchange.CommunityVerificationRepository;
import dev.evalstore.exchange.LeaderboardRepository;
import dev.evalstore.exchange.StatisticsRepository;
import dev.evalstore.exchange.SubmissionRepository;
import dev.evalstore.exchange.VerificationRepository;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every pageable list offers. */
class ListsTest {
    private static final String FOR_A_VIEWER =
            "each list is for a viewer, in the one form that VisibilityMatrixTest proves";

    /** Repositories with pages that are no {@link Lists}, and why. */
    private static final Map<Class<?>, String> OTHERWISE = Map.of(
            SubmissionRepository.class, FOR_A_VIEWER,
            VerificationRepository.class, FOR_A_VIEWER,
            CommunityVerificationRepository.class, FOR_A_VIEWER,
            LeaderboardRepository.class, "boards, by rank and for a viewer",
            StatisticsRepository.class, "figures of models, by category");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    @Test
    void the_audit_log_and_monitoring_events_are_listed_without_a_cursor_and_walked() {
        db.audit().recordAll(Collections.nCopies(1_234, NewAuditEntry.of("looked", "model", "m")));
        assertThat(db.audit().list(AuditFilter.ALL).items()).hasSize(1_000);
        assertThat(db.audit().list(AuditFilter.ALL, 7).items()).hasSize(7);
        List<AuditEntry> entries = new ArrayList<>();
        db.audit().forEach(AuditFilter.ALL.action("looked"), entries::add);
        assertThat(new HashSet<>(entries)).hasSize(1_234);

        db.monitoring().appendAll(Collections.nCopies(1_234, NewMonitoringEvent.of("beat", "test")));
        assertThat(db.monitoring().list(MonitoringFilter.ALL).items()).hasSize(1_000);
        assertThat(db.monitoring().list(MonitoringFilter.ALL, 7).items()).hasSize(7);
        List<MonitoringEvent> events = new ArrayList<>();
        db.monitoring().forEach(MonitoringFilter.ALL, events::add);
        assertThat(new HashSet<>(events)).hasSize(1_234);
    }

    /** A list by pages that is no part of {@link Lists} could be read by a cursor alone. */
    @Test
    void every_repository_with_a_list_by_pages_has_all_its_forms() {
        List<Class<?>> rooms = List.of(
                Repositories.class,
                dev.evalstore.catalog.Catalog.class,
                dev.evalstore.exchange.Exchange.class,
                dev.evalstore.governance.Governance.class,
                dev.evalstore.matrix.Matrix.class);
        assertThat(rooms.stream()
                        .flatMap(room -> Arrays.stream(room.getMethods()))
                        .filter(accessor -> !accessor.isBridge())
                        .<Class<?>>map(Method::getReturnType)
                        .filter(type ->
                                Stream.of(type.getMethods()).anyMatch(method -> method.getReturnType() == Page.class))
                        .filter(type -> !Lists.class.isAssignableFrom(type)))
                .hasSameElementsAs(OTHERWISE.keySet());
    }
}
