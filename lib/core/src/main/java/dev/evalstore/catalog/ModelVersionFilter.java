package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.math.BigDecimal;
import java.util.UUID;

/** Which model versions to list. Conditions add up. Immutable. */
public final class ModelVersionFilter extends Conditions<ModelVersionFilter> {
    /** Every model version. */
    public static final ModelVersionFilter ALL = new ModelVersionFilter(Sql.NONE);

    private ModelVersionFilter(Sql sql) {
        super(sql, ModelVersionFilter::new);
    }

    /** Only versions of this model. */
    public ModelVersionFilter model(UUID modelId) {
        return and("and model_id = ?", modelId);
    }

    /** Only versions in this quantization. */
    public ModelVersionFilter quantization(Quantization quantization) {
        return and("and quantization = ?", quantization);
    }

    /** Only versions in this format. */
    public ModelVersionFilter format(ModelFormat format) {
        return and("and format = ?", format);
    }

    /** Only versions in this status. */
    public ModelVersionFilter status(VersionStatus status) {
        return and("and status = ?", status);
    }

    /** Only versions known to need at most this many decimal GB of VRAM. */
    public ModelVersionFilter maxVramGb(BigDecimal gb) {
        return and("and vram_requirement_gb <= ?", Check.decimal("maxVramGb", gb, 3));
    }
}
