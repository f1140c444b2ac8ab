package dev.evalstore.tenant;

import dev.evalstore.internal.Foreign;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Works on many tenants, some at a time. Whatever the work on one throws, the others are done. */
final class TenantRun {
    private static final Logger LOG = LoggerFactory.getLogger(Tenants.class);

    private final List<Tenant> tenants;
    private final Work work;
    private final Consumer<TenantProgress> progress;
    private final ReentrantLock telling = new ReentrantLock();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger skipped = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Queue<TenantReport.Failure> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    private TenantRun(List<Tenant> tenants, Work work, Consumer<TenantProgress> progress) {
        this.tenants = tenants;
        this.work = work;
        this.progress = progress;
    }

    /** Work on one tenant; false where there was nothing to do. */
    @FunctionalInterface
    interface Work {
        boolean on(Tenant tenant) throws Exception;
    }

    /** Returns when all have ended. An interrupt lets those under way end, and begins no others. */
    static TenantReport over(List<Tenant> tenants, int parallel, Work work, Consumer<TenantProgress> progress) {
        TenantRun run = new TenantRun(tenants, work, progress);
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(1, Math.min(parallel, tenants.size())), task -> {
                    Thread thread = new Thread(task, "evalstore-tenants-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        for (int i = 0; i < parallel; i++) {
            threads.execute(run::work);
        }
        threads.shutdown();
        run.await(threads);
        return run.report();
    }

    private void await(ExecutorService threads) {
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                boolean unused = threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
                stopping = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        while (!stopping) {
            int i = next.getAndIncrement();
            if (i >= tenants.size()) {
                return;
            }
            boolean failed = !isDone(tenants.get(i));
            tell(tenants.get(i).name(), failed);
            // What the host's code left behind would cost the next tenant its connections.
            Thread.interrupted();
        }
    }

    private boolean isDone(Tenant tenant) {
        try {
            (work.on(tenant) ? done : skipped).incrementAndGet();
            return true;
        } catch (Throwable e) {
            failures.add(new TenantReport.Failure(tenant.name(), Foreign.message(e), e));
            return false;
        }
    }

    private void tell(String tenant, boolean failed) {
        telling.lock();
        try {
            TenantProgress now = new TenantProgress(tenant, failed, ended.incrementAndGet(), tenants.size());
            Foreign.run(LOG, "the consumer of progress", () -> progress.accept(now));
        } finally {
            telling.unlock();
        }
    }

    private TenantReport report() {
        List<TenantReport.Failure> byName = failures.stream()
                .sorted(Comparator.comparing(TenantReport.Failure::tenant))
                .toList();
        return new TenantReport(done.get(), skipped.get(), tenants.size() - ended.get(), byName);
    }
}
