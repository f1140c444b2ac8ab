package dev.evalstore.internal.queue;

import java.util.List;
import java.util.stream.Collectors;

/** All kinds of claimable work. */
public final class Kinds {
    /** Jobs. */
    public static final Leases JOBS = new Leases(JobKind.KIND);

    /** Configurations to benchmark. */
    public static final Leases CONFIGS = new Leases(ConfigKind.KIND);

    /** Verifications of submissions. */
    public static final Leases VERIFICATIONS = new Leases(VerificationKind.KIND);

    /**
     * The one list of kinds. A worker that leaves and a rescue that declares workers dead go through it, and take the kinds' gates in
     * its order.
     */
    static final List<Leases> ALL = List.of(JOBS, CONFIGS, VERIFICATIONS);

    /** The ids of running items that were cancelled, with the worker that runs each: columns {@code worker} and {@code id}. */
    public static final String CANCELLED = ALL.stream()
            .map(Leases::kind)
            .filter(Kind::isCancellable)
            .map(kind -> kind.fill(OutcomeSql.CANCELLED))
            .collect(Collectors.joining("\nunion all "));

    private Kinds() {}
}
