package dev.evalstore.internal.queue;

import dev.evalstore.internal.jdbc.Sql;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The statements of a kind that move items, and may append events of it. */
record LeaseTexts(
        @Nullable String lockLimits,
        String claim,
        @Nullable String claimPlain,
        String release,
        String releaseHeldBy,
        String collect) {
    static LeaseTexts of(Kind kind, boolean isAsked) {
        return new LeaseTexts(
                kind.lockLimits() == null ? null : kind.fill(kind.lockLimits()),
                kind.fill(ClaimSql.CLAIM + ClaimSql.TAKE, isAsked),
                kind.isLimited()
                        ? kind.fill(ClaimSql.CLAIM_PLAIN + ClaimSql.TAKE.replace("{spend}", ""), isAsked)
                        : null,
                OutcomeSql.release(kind, isAsked),
                RescueSql.releaseHeldBy(kind, isAsked),
                RescueSql.collect(List.of(kind), one -> isAsked));
    }

    /**
     * A claim behind the locks of the limits that count it. No argument may be null: its type would be unknown, the driver would
     * have the statement described, and from then on would send it in a round trip of its own, after the gate's transaction has
     * ended.
     */
    Sql claim(Ask<?> ask, List<LaneCursors.Lane> lanes, int limit) {
        return (lockLimits == null ? Sql.NONE : Sql.of(lockLimits, LaneCursors.ids(lanes)))
                .and(
                        claim,
                        LaneCursors.ids(lanes),
                        LaneCursors.ranks(lanes),
                        LaneCursors.seqs(lanes),
                        LaneCursors.passes(lanes),
                        LaneCursors.strides(lanes),
                        ask.worker(),
                        limit,
                        ask.maxRank(),
                        ask.seconds());
    }

    /** The same from one lane, or nothing where there are limits; those need not be locked before. */
    Sql claimPlain(Ask<?> ask, LaneCursors.Lane lane, int limit) {
        return Sql.of(Objects.requireNonNull(claimPlain), lane.id(), lane.rank(), lane.seq(), ask.worker(), limit);
    }

    List<String> all() {
        return Stream.of(claim, claimPlain, release, releaseHeldBy, collect)
                .filter(Objects::nonNull)
                .toList();
    }
}
