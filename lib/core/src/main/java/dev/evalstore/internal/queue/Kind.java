package dev.evalstore.internal.queue;

import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A kind of claimable work: the names of its tables, and the pieces of SQL in which it differs from the others. Every kind has a
 * narrow {@code …_ready} table (lane, rank, seq, timeout_seconds, attempt), a {@code …_leases} one, and a wide row for each item.
 *
 * <p>A kind is declared once, as a constant, and stands in {@link Kinds#ALL}. In its pieces {@code {t}} is the tables' prefix.
 */
public final class Kind {
    private final String prefix;
    private final String wide;
    private @Nullable String history;
    private @Nullable String lockLimits;
    private boolean isScheduled;
    private String open = ClaimSql.OPEN_TO_ALL;
    private String spend = "";
    private String cancelled = "false";
    private String cancel = "";
    private String requeue = "";
    private boolean isTold;
    private @Nullable String toldWhenAsked;
    private String happened = "";
    private String tellClaimed = "";
    private String tellReleased = "";
    private String held = OutcomeSql.HELD;
    private String expired = RescueSql.EXPIRED;

    private Kind(String prefix, String wide) {
        this.prefix = prefix;
        this.wide = wide;
    }

    /**
     * Begins a declaration.
     *
     * @param prefix of the narrow tables, such as {@code job}
     * @param wide the bare name of the table that holds the items
     */
    static Kind of(String prefix, String wide) {
        return new Kind(prefix, wide);
    }

    /** Ended attempts are recorded in this partitioned table. */
    Kind history(String table) {
        history = table;
        return this;
    }

    /** Items may wait for their time in a {@code …_scheduled} table; claims make them ready. */
    Kind scheduled() {
        isScheduled = true;
        return this;
    }

    /**
     * Claims are limited by rows of a {@code …_limits} table.
     *
     * @param lock a statement that locks the rows that count claims; its one argument is the lanes
     * @param openLanes the common table expressions that end in {@code open}: the columns of {@code asked}, and {@code queue_scope,
     *     queue_room, key_scope, key_room} for the lanes that may be claimed from now
     * @param spendRoom further common table expressions over {@code taken}, each after a comma
     */
    Kind limited(String lock, String openLanes, String spendRoom) {
        lockLimits = lock;
        open = openLanes;
        spend = spendRoom;
        return this;
    }

    /**
     * A running item can be cancelled: {@code …_leases} has the column {@code cancel_requested_at}, and an item that its worker
     * then releases ends.
     *
     * @param endCancelled further common table expressions over the rows of {@code {done}} whose {@code cancelled} is true, each
     *     after a comma
     */
    Kind cancellable(String endCancelled) {
        cancelled = "l.cancel_requested_at is not null";
        cancel = endCancelled;
        return this;
    }

    /**
     * What becomes of an expired lease's item.
     *
     * @param fromTaken further common table expressions over {@code {t}_taken}, each after a comma. One is {@code {t}_requeued}:
     *     lane, rank, seq, timeout_seconds, attempt and outcome, which is null for the items that are to be ready again
     */
    Kind requeued(String fromTaken) {
        requeue = fromTaken;
        return this;
    }

    /**
     * Claims by workers and releases of all that a worker holds append events, and so does {@link #requeued}.
     *
     * @param claimed common table expressions over the new leases {@code leased}
     * @param released the same over {@code {t}_taken}
     */
    Kind told(String claimed, String released) {
        isTold = true;
        tellClaimed = ",\n" + claimed;
        tellReleased = ",\n" + released;
        return this;
    }

    /**
     * Every move of an item appends an event, where the options ask for this type of aggregate.
     *
     * @param events a query of {@code event_type}, {@code aggregate_type}, {@code aggregate_id} and {@code payload} over {@code {rows}
     *     x}: the columns {@code seq}, {@code happened}, {@code status}, {@code attempt} and {@code more}, fields for the payload or
     *     null
     */
    Kind toldWhenAsked(String aggregateType, String events) {
        toldWhenAsked = aggregateType;
        happened = events;
        return this;
    }

    /** A person may hold a lease too: its {@code worker} is null, and it ends at its deadline alone. */
    Kind claimedByPeople() {
        held = OutcomeSql.HELD_BY_WORKER_OR_PERSON;
        expired = RescueSql.EXPIRED_OF_WORKER_OR_PERSON;
        return this;
    }

    /** The prefix of its tables, which is also its gates'. */
    String prefix() {
        return prefix;
    }

    /** The partitioned table of ended attempts, or null. */
    @Nullable
    String history() {
        return history;
    }

    /** Whether its statements append events. */
    boolean isTold(Jdbc jdbc) {
        return isTold || isAsked(jdbc);
    }

    /** Whether its statements append events because the options ask for them. */
    boolean isAsked(Jdbc jdbc) {
        return toldWhenAsked != null && Told.isAsked(jdbc, toldWhenAsked);
    }

    boolean isEverAsked() {
        return toldWhenAsked != null;
    }

    /** The type of aggregate that the options may ask for. */
    String aggregateType() {
        return Objects.requireNonNull(toldWhenAsked);
    }

    /** Common table expressions that append events, after a comma; nothing where those are not asked for. */
    private String tell(boolean isAsked, String rows) {
        return isAsked ? ",\n" + EventRows.telling(prefix, events(rows)) : "";
    }

    /** The query of events over rows of such moves. */
    String events(String rows) {
        return happened.replace("{rows}", rows.strip());
    }

    /** The first part of its statements' names. */
    String verbs() {
        return prefix + "s";
    }

    boolean isScheduled() {
        return isScheduled;
    }

    /** Whether there is a table of limits. */
    boolean isLimited() {
        return lockLimits != null;
    }

    /** The statement that locks the limits that count claims, or null. */
    @Nullable
    String lockLimits() {
        return lockLimits;
    }

    boolean isCancellable() {
        return !cancel.isEmpty();
    }

    /** A template with the kind's names and pieces filled in. */
    String fill(String template) {
        return fill(template, false);
    }

    /** The same with the events that are appended only where they are asked for. */
    String fill(String template, boolean isAsked) {
        return template.replace("{open}", open)
                .replace("{spend}", spend)
                .replace("{tell_claimed}", tellClaimed + tell(isAsked, Moves.CLAIMED))
                .replace("{tell_released}", tellReleased + tell(isAsked, Moves.RELEASED))
                .replace("{tell_requeued}", tell(isAsked, Moves.REQUEUED))
                .replace("{requeue}", requeue)
                .replace("{cancel}", cancel)
                .replace("{held}", held)
                .replace("{expired}", expired)
                .replace("{cancelled}", cancelled)
                .replace("{wide}", wide)
                .replace("{t}", prefix);
    }
}
