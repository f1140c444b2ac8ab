package dev.evalstore.catalog;

/** A model and its suitability for one use case. */
public record SuitedModel(Model model, Suitability suitability) {}
