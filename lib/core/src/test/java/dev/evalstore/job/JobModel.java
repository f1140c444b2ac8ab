package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.worker.Worker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the queue should hold, kept in memory by the plainest rules. */
final class JobModel {
    /** Where a job is. */
    enum Place {
        SCHEDULED,
        READY,
        LEASED,
        FINISHED
    }

    /** One job. */
    static final class Entry {
        private final Job job;
        private Place place;
        private boolean due = true;
        private int attempt;
        private int losses;
        private @Nullable Lease lease;
        private long worker;
        private boolean cancelled;
        private boolean expired;
        private @Nullable String outcome;

        private Entry(Job job, Place place) {
            this.job = job;
            this.place = place;
        }

        UUID id() {
            return job.id();
        }

        private void to(Place next) {
            place = next;
            lease = null;
            worker = 0;
            cancelled = false;
            expired = false;
            due = true;
        }

        private void finish(String how) {
            to(Place.FINISHED);
            outcome = how;
        }

        private String text() {
            return id() + " " + place + " " + attempt + " " + losses + " " + outcome + " " + worker + " " + cancelled;
        }
    }

    private final Map<UUID, Entry> jobs = new LinkedHashMap<>();
    private final Map<Long, Boolean> silentWorkers = new LinkedHashMap<>();
    private final Set<Long> gone = new HashSet<>();
    private final List<String> history = new ArrayList<>();
    private final Set<Long> tokens = new HashSet<>();

    /** The job under a unique key, if it is unfinished. */
    @Nullable
    UUID owner(String key) {
        return jobs.values().stream()
                .filter(e -> key.equals(e.job.uniqueKey()) && e.place != Place.FINISHED)
                .map(Entry::id)
                .findAny()
                .orElse(null);
    }

    void created(Job job, boolean later) {
        Entry entry = new Entry(job, later ? Place.SCHEDULED : Place.READY);
        entry.due = !later;
        jobs.put(job.id(), entry);
    }

    void registered(Worker worker) {
        silentWorkers.put(worker.generation(), false);
    }

    boolean isGone(Worker worker) {
        return gone.contains(worker.generation());
    }

    /** What may be claimed, in the order of claims. */
    List<UUID> claimable() {
        return jobs.values().stream()
                .filter(e -> e.place == Place.READY || e.place == Place.SCHEDULED && e.due)
                .sorted(Comparator.comparingInt((Entry e) -> -e.job.priority()).thenComparingLong(e -> e.job.seq()))
                .map(Entry::id)
                .toList();
    }

    /** Notes a claim; false if its token was there before or the attempt's number is wrong. */
    boolean claimed(ClaimedJob claimed, Worker worker) {
        Entry entry = jobs.get(claimed.job().id());
        entry.to(Place.LEASED);
        entry.lease = claimed.lease();
        entry.worker = worker.generation();
        return tokens.add(claimed.lease().token()) && claimed.lease().attempt() == entry.attempt + 1;
    }

    private @Nullable Entry held(Lease lease) {
        Entry entry = jobs.get(lease.id());
        return entry != null && lease.equals(entry.lease) && !entry.expired ? entry : null;
    }

    boolean isHeld(Lease lease) {
        return held(lease) != null;
    }

    void completed(Lease lease) {
        Entry entry = held(lease);
        spend(entry, "completed");
        entry.finish("completed");
    }

    void failed(Lease lease, boolean permanent, boolean later) {
        Entry entry = held(lease);
        boolean cancelled = entry.cancelled;
        spend(entry, "failed");
        if (cancelled) {
            entry.finish("cancelled");
        } else if (permanent || entry.attempt > entry.job.maxRetries()) {
            entry.finish("failed");
        } else {
            entry.to(Place.SCHEDULED);
            entry.due = !later;
        }
    }

    void confirmed(Lease lease) {
        Entry entry = held(lease);
        spend(entry, "cancelled");
        entry.finish("cancelled");
    }

    private void spend(Entry entry, String how) {
        history.add(entry.lease.token() + " " + (entry.attempt + 1) + " " + how);
        entry.attempt++;
    }

    void released(Lease lease, boolean snoozed, boolean later) {
        Entry entry = held(lease);
        if (entry.cancelled) {
            entry.finish("cancelled");
        } else {
            entry.to(snoozed ? Place.SCHEDULED : Place.READY);
            entry.due = !later;
        }
    }

    void expired(Lease lease) {
        Entry entry = jobs.get(lease.id());
        if (entry != null && lease.equals(entry.lease)) {
            entry.expired = true;
        }
    }

    void silenced(Worker worker) {
        silentWorkers.replace(worker.generation(), true);
    }

    /** Takes back what expired and what workers that are silent owned; gives the number. */
    int requeued() {
        silentWorkers.forEach((worker, silent) -> {
            if (silent) {
                gone.add(worker);
            }
        });
        int n = 0;
        for (Entry entry : jobs.values()) {
            if (entry.place == Place.LEASED && (entry.expired || gone.contains(entry.worker))) {
                boolean cancelled = entry.cancelled;
                entry.losses += entry.expired ? 0 : 1;
                spend(entry, cancelled ? "cancelled" : entry.expired ? "timed_out" : "lost");
                if (cancelled) {
                    entry.finish("cancelled");
                } else if (entry.attempt > entry.job.maxRetries() || entry.losses >= 3) {
                    entry.finish("failed");
                } else {
                    entry.to(Place.READY);
                }
                n++;
            }
        }
        return n;
    }

    int left(Worker worker) {
        if (!gone.add(worker.generation())) {
            return 0;
        }
        int n = 0;
        for (Entry entry : jobs.values()) {
            if (entry.place == Place.LEASED && entry.worker == worker.generation() && !entry.expired) {
                if (entry.cancelled) {
                    entry.finish("cancelled");
                } else {
                    entry.to(Place.READY);
                }
                n++;
            }
        }
        return n;
    }

    /** Whether it could be cancelled. */
    boolean cancelled(UUID id) {
        Entry entry = jobs.get(id);
        if (entry == null || entry.place == Place.FINISHED) {
            return false;
        }
        if (entry.place == Place.LEASED) {
            entry.cancelled = true;
        } else {
            entry.finish("cancelled");
        }
        return true;
    }

    /** Whether it could come back. */
    boolean retried(UUID id) {
        Entry entry = jobs.get(id);
        if (entry == null
                || entry.place != Place.FINISHED
                || "completed".equals(entry.outcome)
                || entry.job.uniqueKey() != null && owner(entry.job.uniqueKey()) != null) {
            return false;
        }
        entry.to(Place.READY);
        entry.outcome = null;
        entry.attempt = 0;
        entry.losses = 0;
        return true;
    }

    boolean deleted(UUID id) {
        return jobs.remove(id) != null;
    }

    /** As the database should tell it. */
    Set<String> contents() {
        Set<String> contents = new TreeSet<>(history);
        jobs.values().forEach(entry -> contents.add(entry.text()));
        return contents;
    }

    /** The same from the database. */
    static final String CONTENTS = """
            select j.id || ' ' || p.place || ' ' || p.attempt || ' ' || j.losses || ' ' || coalesce(p.outcome, 'null') || ' '
                || p.worker || ' ' || p.cancelled
            from evalstore.jobs j left join (
                select seq, 'SCHEDULED' as place, attempt, null as outcome, 0 as worker, false as cancelled
                from evalstore.job_scheduled
                union all select seq, 'READY', attempt, null, 0, false from evalstore.job_ready
                union all select seq, 'LEASED', attempt, null, worker, cancel_requested_at is not null from evalstore.job_leases
                union all select seq, 'FINISHED', attempt, outcome, 0, false from evalstore.job_finished) p on p.seq = j.seq
            union all
            select token || ' ' || attempt || ' ' || outcome from evalstore.job_attempts""";
}
