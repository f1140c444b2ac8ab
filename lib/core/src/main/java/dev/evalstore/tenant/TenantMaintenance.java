package dev.evalstore.tenant;

import dev.evalstore.Maintenance;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.Repeating;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all tenants in order, in turns: each has one run of {@link Maintenance}, and one that has more to do waits for
 * its next turn until the others have had theirs. So the backlog of one holds up no other. A turn ends before the next
 * step when its time is over, and the next turn goes on there. Of a tenant one process at a time does the work; every
 * process may run this. Thread-safe.
 */
public final class TenantMaintenance {
    private static final Logger LOG = LoggerFactory.getLogger(TenantMaintenance.class);
    private static final Duration TURN = Duration.ofSeconds(10);

    private final Tenants tenants;
    private final MaintenanceOptions each;
    private final TenantOptions options;

    /** Those who have more to do, and how far their last turn came. */
    private final Map<String, Maintenance> unfinished = new ConcurrentHashMap<>();

    TenantMaintenance(Tenants tenants, MaintenanceOptions each, TenantOptions options) {
        this.tenants = tenants;
        this.each = each.turn() == null ? each.turn(TURN) : each;
        this.options = options;
    }

    /**
     * One turn of every tenant. A tenant of which a step failed is reported as failed, after its other steps; one that
     * another process maintains at the moment counts as skipped.
     */
    public TenantReport runOnce() {
        List<Tenant> all = tenants.all();
        unfinished.keySet().retainAll(all.stream().map(Tenant::name).toList());
        return turns(all);
    }

    /** One turn of those who have more to do. */
    public TenantReport runMore() {
        return turns(tenants.all().stream()
                .filter(tenant -> unfinished.containsKey(tenant.name()))
                .toList());
    }

    /** Whether a tenant has more to do than its last turn had time for. */
    public boolean hasMore() {
        return !unfinished.isEmpty();
    }

    /**
     * Runs now and then repeatedly, on a daemon thread: every tenant once in the interval, and meanwhile those that
     * have more to do.
     *
     * @param interval from one second to 36,500 days; an hour is right for most stores
     * @return ends the schedule when closed; close it before the {@code Database}
     */
    public Schedule start(Duration interval) {
        return start(interval, report -> {});
    }

    /** {@link #start(Duration)}, handing each round's report to the consumer; whatever it throws is logged. */
    public Schedule start(Duration interval, Consumer<TenantReport> reports) {
        Objects.requireNonNull(reports, "reports");
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("interval must be at least one second");
        }
        return new Schedule(Check.period("interval", interval), reports);
    }

    private TenantReport turns(List<Tenant> which) {
        return TenantRun.over(which, options.parallel(), this::turn, options.progress());
    }

    private boolean turn(Tenant tenant) {
        String name = tenant.name();
        Maintenance before = unfinished.remove(name);
        Tenants.requireWhole(tenant);
        Maintenance maintenance = before != null ? before : tenants.tenant(name).maintenance(each);
        MaintenanceReport report = maintenance.runOnce();
        if (report.hasMore()) {
            unfinished.put(name, maintenance);
        }
        List<MaintenanceReport.Step> failures = report.failures();
        if (!failures.isEmpty()) {
            throw new IllegalStateException(
                    "step " + failures.get(0).name() + ": " + failures.get(0).failure());
        }
        return report.ran();
    }

    /** Maintenance of all tenants that runs repeatedly until it is closed. */
    public final class Schedule implements AutoCloseable {
        private final Duration interval;
        private final Consumer<TenantReport> reports;
        private final Repeating repeating;
        private long nextRound = System.nanoTime();

        private Schedule(Duration interval, Consumer<TenantReport> reports) {
            this.interval = interval;
            this.reports = reports;
            this.repeating = new Repeating("evalstore-tenants-maintenance", interval, this::run);
        }

        private boolean run() {
            boolean isMore = nextRound - System.nanoTime() > 0 && hasMore();
            if (!isMore) {
                nextRound = System.nanoTime() + interval.toNanos();
            }
            TenantReport report = isMore ? runMore() : runOnce();
            Foreign.run(LOG, "the consumer of maintenance reports", () -> reports.accept(report));
            return hasMore();
        }

        /** Ends the schedule. Waits up to four seconds for a round in progress, which ends by itself afterwards. */
        @Override
        public void close() {
            repeating.close();
        }
    }
}
