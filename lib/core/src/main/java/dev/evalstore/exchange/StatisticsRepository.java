package dev.evalstore.exchange;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Figures over the live public submissions of live definitions, and over what users did in governance: the same for every
 * viewer, since everybody may see what they are of.
 *
 * <p>They are stored, and refreshed by maintenance ({@link #refresh}) or one by one. Neither do readers wait for a refresh,
 * nor a refresh for them. What is not stored is computed by the read.
 *
 * <p>Hiding, deleting or revoking a submission marks what counts it as stale, in the same commit; so does the deletion of
 * a definition. What is stale is computed by the read until it is refreshed: in the time of all its submissions. So no
 * statistics count what was hidden before the read. They may lack what was submitted, shown or verified since
 * {@code computedAt}, and what has become of proposals, votes and reviews. Ranks are those at {@code computedAt}.
 */
public final class StatisticsRepository extends StatisticsReads {
    StatisticsRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Computes and stores the statistics of a definition, and returns them. An unknown id is not stored, and has no
     * submissions. Concurrent refreshes of one definition run one after another.
     *
     * @throws IllegalStateException if the caller's transaction is not read committed
     */
    public DefinitionStatistics refreshDefinition(UUID definition) {
        Objects.requireNonNull(definition, "definition");
        return DefinitionFigures.FIGURES.refresh(jdbc, List.of(definition)).stream()
                .findFirst()
                .orElseGet(() -> ofDefinition(definition));
    }

    /** Computes and stores the statistics of a user, and returns them; otherwise as {@link #refreshDefinition}. */
    public UserStatistics refreshUser(UUID user) {
        Objects.requireNonNull(user, "user");
        return UserFigures.FIGURES.refresh(jdbc, List.of(user)).stream()
                .findFirst()
                .orElseGet(() -> ofUser(user));
    }

    /**
     * Computes and stores the statistics of a model, and returns them as {@link #ofModel} does; otherwise as {@link
     * #refreshDefinition}.
     */
    public List<ModelStatistics> refreshModel(ModelSubject model) {
        UUID key = Objects.requireNonNull(model, "model").key();
        return jdbc.atomically(tx -> {
            ModelFigures.FIGURES.refresh(tx, List.of(key));
            return ModelFigures.FIGURES.of(tx, key);
        });
    }

    /**
     * Refreshes all statistics that lack something: those that are stale, those of whatever was submitted, shown or
     * verified since the last refresh or has changed in governance, and those older than a day. A submission that a transaction of more than ten
     * minutes stored may have to wait for that day. In batches of 50, each its own commit outside of a transaction; a call
     * that fails keeps what it has done. Whatever another transaction refreshes at the moment is left for the next call.
     * Maintenance calls it.
     *
     * @return how many were refreshed, as {@code removed}; {@code more} is false
     * @throws IllegalStateException if the caller's transaction is not read committed
     */
    public Cleanup refresh() {
        return StatisticsRefresh.run(jdbc);
    }
}
