package dev.evalstore.catalog;

/**
 * A model and how well it suits a use.
 *
 * @param model the model
 * @param fit how well it suits
 */
public record SuitedModel(Model model, Suitability fit) {}
