package dev.evalstore.state;

/** The whole contract. */
interface StateBackendContract
        extends EntriesContract,
                ExpiryContract,
                ListingContract,
                CallerContract,
                CheckpointContract,
                FeedContract,
                ExportContract,
                TextKeysContract {}
