package dev.evalstore.backup;

/**
 * What was changed in a store after it was restored.
 *
 * @param incarnation the number of the store's new life
 * @param jobs how many jobs were leased and are ready again; cancelled ones have ended
 * @param configs the same of benchmark configs
 * @param verifications the same of verifications
 * @param subscriptions how many subscriptions were being delivered, and are free again
 * @param locks how many locks were held, and are free again
 * @param workers how many workers were declared dead
 * @param tokens how many one-time tokens were removed
 * @param keys how many API keys were suspended
 * @param keptKeys how many API keys stayed active under {@link RestoredKeys#KEEP}, those among them whose revocation is lost
 */
public record StoreRepairs(
        long incarnation,
        long jobs,
        long configs,
        long verifications,
        long subscriptions,
        long locks,
        long workers,
        long tokens,
        long keys,
        long keptKeys) {}
