package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Lsn;
import dev.evalstore.recovery.RecoveryFinding.Kind;
import dev.evalstore.recovery.RecoveryFinding.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecoveryRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final RecoveryObjective OBJECTIVE =
            RecoveryObjective.DEFAULT.measuredRestore(Duration.ofMinutes(20));

    private static final RecoveryFacts.Settings SAFE = new RecoveryFacts.Settings("replica", true, true, true, true);
    private static final Archiving ARCHIVING = archiving("on", true, 60, before(1), null, 0);
    private static final Replica FOLLOWING =
            new Replica("r", "streaming", "async", Duration.ofSeconds(1), Duration.ofSeconds(1), 0L, 0L);

    private static Instant before(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    private static Archiving archiving(
            String mode,
            boolean configured,
            int timeout,
            @Nullable Instant archived,
            @Nullable Instant failed,
            long waiting) {
        return new Archiving(
                mode,
                configured,
                Duration.ofSeconds(timeout),
                archived == null ? 0 : 1,
                archived,
                failed == null ? 0 : 1,
                failed,
                waiting);
    }

    private static RecoveryFacts facts(Archiving archiving, RecoveryFacts.Settings settings, long failures) {
        return facts(server(false, archiving, settings, failures), List.of(), List.of(), before(60));
    }

    private static RecoveryFacts.Server server(
            boolean isReplica, Archiving archiving, RecoveryFacts.Settings settings, long failures) {
        var receiving = new RecoveryFacts.Receiving(false, isReplica, isReplica ? Duration.ofHours(2) : Duration.ZERO);
        return new RecoveryFacts.Server(
                NOW, "\"the app\"", isReplica, archiving, settings, failures, receiving, true, true);
    }

    private static RecoveryFacts facts(
            RecoveryFacts.Server server,
            List<ReplicationSlot> slots,
            List<Replica> replicas,
            @Nullable Instant baseBackup) {
        return new RecoveryFacts(server, slots, replicas, baseBackup);
    }

    private static RecoveryFacts with(List<ReplicationSlot> slots, List<Replica> replicas) {
        return facts(server(false, ARCHIVING, SAFE, 0), slots, replicas, before(60));
    }

    private static List<Kind> kinds(RecoveryFacts facts) {
        return kinds(facts, OBJECTIVE);
    }

    private static List<Kind> kinds(RecoveryFacts facts, RecoveryObjective objective) {
        return RecoveryRules.report(facts, objective).findings().stream()
                .map(RecoveryFinding::kind)
                .toList();
    }

    private static List<Kind> archived(Archiving archiving) {
        return kinds(facts(archiving, SAFE, 0));
    }

    @Test
    void a_server_that_lacks_nothing_is_fine() {
        RecoveryReport report = RecoveryRules.report(facts(ARCHIVING, SAFE, 0), OBJECTIVE);

        assertThat(report.findings()).isEmpty();
        assertThat(report.unseen()).isEmpty();
        assertThat(report.isFine()).isTrue();
    }

    @Test
    void each_way_not_to_archive_is_told() {
        assertThat(archived(archiving("off", false, 60, null, null, 0))).containsExactly(Kind.ARCHIVING_OFF);
        assertThat(archived(archiving("on", false, 60, before(1), null, 0))).containsExactly(Kind.ARCHIVING_UNSET);
        assertThat(archived(archiving("on", true, 60, before(2), before(1), 0))).containsExactly(Kind.ARCHIVING_FAILS);
        assertThat(archived(archiving("on", true, 60, null, before(1), 0))).containsExactly(Kind.ARCHIVING_FAILS);
        assertThat(archived(archiving("on", true, 60, before(1), before(2), 0)))
                .as("a failure that is over")
                .isEmpty();
        assertThat(archived(archiving("on", true, 60, null, null, 0))).containsExactly(Kind.NOTHING_ARCHIVED);
        assertThat(archived(archiving("on", true, 0, before(1), null, 0))).containsExactly(Kind.ARCHIVE_TIMEOUT);
        assertThat(archived(archiving("on", true, 3_601, before(1), null, 0))).containsExactly(Kind.ARCHIVE_TIMEOUT);
    }

    @Test
    void an_archive_that_is_behind_is_told_and_one_of_an_idle_server_is_not() {
        assertThat(archived(archiving("on", true, 60, before(61), null, 1))).containsExactly(Kind.ARCHIVING_LATE);
        assertThat(archived(archiving("on", true, 60, before(59), null, 1))).isEmpty();
        assertThat(archived(archiving("on", true, 60, before(600), null, 0))).isEmpty();
    }

    @Test
    void files_that_wait_are_counted_by_their_numbers() {
        long segment = 16 << 20;
        assertThat(RecoveryReading.waiting("000000010000000000000004", new Lsn(5 * segment + 40), segment))
                .isZero();
        assertThat(RecoveryReading.waiting("000000010000000000000004", new Lsn(8 * segment), segment))
                .isEqualTo(3);
        assertThat(RecoveryReading.waiting("0000000200000001000000FF", Lsn.of("2/0"), segment))
                .isZero();
        assertThat(RecoveryReading.waiting("00000002.history", Lsn.of("2/0"), segment))
                .isZero();
        assertThat(RecoveryReading.waiting("00000001000000000000000A", Lsn.of("0/5000000"), segment))
                .as("the counters are of before a switch of the timeline")
                .isZero();
    }

    @Test
    void base_backups_have_an_age_and_the_host_may_know_of_a_newer_one() {
        RecoveryFacts none = facts(server(false, ARCHIVING, SAFE, 0), List.of(), List.of(), null);
        RecoveryFacts old = facts(server(false, ARCHIVING, SAFE, 0), List.of(), List.of(), before(60 * 24 * 8));

        assertThat(kinds(none)).containsExactly(Kind.NO_BASE_BACKUP);
        assertThat(kinds(none, OBJECTIVE.lastBaseBackup(before(5)))).isEmpty();
        assertThat(kinds(old)).containsExactly(Kind.BASE_BACKUP_OLD);
        assertThat(kinds(old, OBJECTIVE.lastBaseBackup(before(5)))).isEmpty();
        assertThat(kinds(old, OBJECTIVE.baseBackupAge(Duration.ofDays(9)))).isEmpty();
    }

    @Test
    void the_time_to_restore_is_measured_or_a_replica_takes_over() {
        RecoveryFacts alone = facts(ARCHIVING, SAFE, 0);
        RecoveryFacts followed = with(List.of(), List.of(FOLLOWING));

        assertThat(kinds(alone, RecoveryObjective.DEFAULT)).containsExactly(Kind.RTO_UNKNOWN);
        assertThat(kinds(followed, RecoveryObjective.DEFAULT)).isEmpty();
        RecoveryObjective slow = OBJECTIVE.measuredRestore(Duration.ofHours(5));
        assertThat(RecoveryRules.report(alone, slow).findings())
                .extracting(RecoveryFinding::kind, RecoveryFinding::severity)
                .containsExactly(org.assertj.core.api.Assertions.tuple(Kind.RTO_EXCEEDED, Severity.CRITICAL));
        assertThat(RecoveryRules.report(followed, slow).findings())
                .extracting(RecoveryFinding::severity)
                .containsExactly(Severity.WARNING);
    }

    @Test
    void without_an_archive_a_replica_makes_the_difference() {
        Archiving off = archiving("off", false, 0, null, null, 0);
        RecoveryFacts followed = facts(server(false, off, SAFE, 0), List.of(), List.of(FOLLOWING), null);

        assertThat(RecoveryRules.report(facts(off, SAFE, 0), OBJECTIVE).findings())
                .extracting(RecoveryFinding::severity)
                .containsExactly(Severity.CRITICAL);
        assertThat(RecoveryRules.report(followed, OBJECTIVE).findings())
                .extracting(RecoveryFinding::severity)
                .containsExactly(Severity.WARNING);
    }

    @Test
    void slots_are_inactive_or_nearly_full_or_lost() {
        long mega = 1 << 20;
        ReplicationSlot inactive = new ReplicationSlot("a", false, false, "reserved", mega, null, null);
        ReplicationSlot bounded = new ReplicationSlot("b", false, false, "reserved", mega, 100 * mega, null);
        ReplicationSlot full = new ReplicationSlot("c", true, true, "extended", 81 * mega, 100 * mega, null);
        ReplicationSlot lost = new ReplicationSlot("d", true, false, "lost", 0, 100 * mega, null);
        ReplicationSlot well = new ReplicationSlot("e", true, true, "reserved", 79 * mega, 100 * mega, null);

        RecoveryReport report =
                RecoveryRules.report(with(List.of(inactive, bounded, full, lost, well), List.of()), OBJECTIVE);

        assertThat(report.findings())
                .extracting(RecoveryFinding::kind)
                .as("the worst first")
                .containsExactly(Kind.SLOT_LOST, Kind.SLOT_INACTIVE, Kind.SLOT_INACTIVE, Kind.SLOT_FILLS);
        assertThat(report.findings().get(1).missing()).contains("slot a", "fills the disk");
        assertThat(report.findings().get(2).missing()).contains("slot b").doesNotContain("fills the disk");
    }

    @Test
    void a_replica_lags_on_its_disk_or_before_its_readers() {
        Replica behind = new Replica("r", "streaming", "async", HOUR.plusSeconds(1), HOUR.plusSeconds(1), 9L, 9L);
        Replica delayed = new Replica("r", "streaming", "async", Duration.ZERO, HOUR.plusSeconds(1), 0L, 9L);
        Replica exact = new Replica("r", "streaming", "async", HOUR, HOUR, 0L, 9L);

        assertThat(RecoveryRules.report(with(List.of(), List.of(behind)), OBJECTIVE)
                        .findings())
                .extracting(RecoveryFinding::severity)
                .containsExactly(Severity.CRITICAL);
        assertThat(RecoveryRules.report(with(List.of(), List.of(delayed)), OBJECTIVE)
                        .findings())
                .extracting(RecoveryFinding::severity)
                .containsExactly(Severity.WARNING);
        assertThat(kinds(with(List.of(), List.of(exact)))).isEmpty();
    }

    @Test
    void settings_that_make_a_crash_worse_are_told() {
        assertThat(kinds(facts(ARCHIVING, new RecoveryFacts.Settings("minimal", false, false, false, false), 3)))
                .containsExactly(
                        Kind.WAL_LEVEL,
                        Kind.CRASH_UNSAFE,
                        Kind.CHECKSUM_FAILED,
                        Kind.ASYNCHRONOUS_COMMIT,
                        Kind.CHECKSUMS_OFF);
    }

    @Test
    void a_replica_tells_of_itself_and_sends_the_rest_to_the_primary() {
        RecoveryReport report =
                RecoveryRules.report(facts(server(true, ARCHIVING, SAFE, 0), List.of(), List.of(), null), OBJECTIVE);

        assertThat(report.findings())
                .extracting(RecoveryFinding::kind)
                .containsExactly(Kind.REPLAY_STOPPED, Kind.REPLICA_DISCONNECTED, Kind.REPLICA_LAGS);
        assertThat(report.unseen()).extracting(RecoveryReport.Unseen::remedy).containsExactly("ask the primary");
        assertThat(report.isFine()).isFalse();
    }

    @Test
    void what_the_role_may_not_see_is_named_with_its_grant() {
        RecoveryFacts.Server server = new RecoveryFacts.Server(
                NOW,
                "\"the app\"",
                false,
                archiving("on", true, 60, before(1), null, 0),
                SAFE,
                0,
                new RecoveryFacts.Receiving(false, false, Duration.ZERO),
                false,
                false);
        Replica hidden = new Replica("", null, null, null, null, null, null);

        RecoveryReport report = RecoveryRules.report(facts(server, List.of(), List.of(hidden), null), OBJECTIVE);

        assertThat(report.findings()).isEmpty();
        assertThat(report.isFine()).isFalse();
        assertThat(report.unseen())
                .extracting(RecoveryReport.Unseen::remedy)
                .containsExactly("grant pg_monitor to \"the app\"", "grant pg_read_all_stats to \"the app\"");
    }

    @Test
    void a_position_is_read_and_written_as_the_server_does() {
        for (String text : List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF")) {
            assertThat(Lsn.of(text)).hasToString(text);
        }
        assertThat(Lsn.of("80000000/0")).isGreaterThan(Lsn.of("7FFFFFFF/FFFFFFFF"));
        for (String text : List.of("", "/", "1", "1/", "123456789/0", "0/-1", "x/0")) {
            assertThatThrownBy(() -> Lsn.of(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
