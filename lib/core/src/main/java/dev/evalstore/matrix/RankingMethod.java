package dev.evalstore.matrix;

/** How model versions are compared. */
public enum RankingMethod {
    /** By closeness to an ideal, with weights; see {@link Topsis}. */
    TOPSIS,
    /** By dominance in all criteria, without weights; see {@link ParetoFronts}. */
    PARETO
}
