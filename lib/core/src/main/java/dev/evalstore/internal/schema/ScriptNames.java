package dev.evalstore.internal.schema;

import java.util.List;

/**
 * The migrations by version and name: each has a script {@code V….sql} and an undo script {@code U….sql}. A list, since a class
 * loader need not be able to list a folder: a native image's cannot.
 */
final class ScriptNames {
    static final List<String> ALL = List.of(
            "0001__benchmarks",
            "0002__partitions",
            "0003__state",
            "0004__catalog",
            "0005__matrix",
            "0006__accounts",
            "0007__audit",
            "0008__jobs",
            "0009__organizations",
            "0010__user_tokens",
            "0011__definitions",
            "0012__definition_versions",
            "0013__test_cases",
            "0014__submissions",
            "0015__verifications",
            "0016__verifier_keys",
            "0017__community_verifications",
            "0018__leaderboards",
            "0019__statistics",
            "0020__domain_events",
            "0021__event_subscriptions",
            "0022__proposals",
            "0023__reviews",
            "0024__datasets",
            "0025__experiments",
            "0026__experiment_metrics",
            "0027__evaluations_of_experiments",
            "0028__cost_entries",
            "0029__comparisons",
            "0030__state_incarnation",
            "0031__replica_heartbeats",
            "0032__unit_changes",
            "0033__job_traces");

    private ScriptNames() {}
}
