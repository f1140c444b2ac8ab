package dev.evalstore.examples;

import dev.evalstore.catalog.NewHardwareConfig;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of an MLPerf system tells, such as {@code XE9680_H200_SXM_141GBx8_TRT}: its accelerators, how many, and the software
 * that served the model.
 *
 * @param gpu the accelerator, or {@code none} where it computes on its processors
 * @param count how many
 * @param framework the software
 */
record MlperfSystem(String gpu, int count, String framework) {
    /** An accelerator's memory in decimal GB, by its data sheet; the longer name stands before the one that it holds. */
    private record Accelerator(String name, String pattern, int gb) {}

    private static final List<Accelerator> ACCELERATORS = List.of(
            new Accelerator("GH200 144GB", "GH200.*144GB", 144),
            new Accelerator("GH200 96GB", "GH200", 96),
            new Accelerator("B200", "B200", 180),
            new Accelerator("H200", "H200", 141),
            new Accelerator("H100 NVL", "H100_?NVL", 94),
            new Accelerator("H100", "H100", 80),
            new Accelerator("MI300X", "MI300X", 192),
            new Accelerator("L40S", "L40S", 48),
            new Accelerator("RTX 4090", "RTX4090", 24),
            new Accelerator("Orin", "Orin", 64));

    private static final Pattern BEFORE = Pattern.compile("(?:^|_)(\\d{1,4})[xX](?=[A-Z])");
    private static final Pattern AFTER = Pattern.compile("[xX](\\d{1,4})(?=_|$)");

    static MlperfSystem of(String name) {
        String framework = name.contains("vLLM") || name.contains("MI300X")
                ? "vLLM"
                : name.contains("PyTorch") ? "PyTorch" : name.contains("TRT") ? "TensorRT-LLM" : "unnamed";
        for (Accelerator one : ACCELERATORS) {
            if (Pattern.compile(one.pattern()).matcher(name).find()) {
                return new MlperfSystem(one.name(), count(name), framework);
            }
        }
        return new MlperfSystem("none", 0, framework);
    }

    private static int count(String name) {
        Matcher before = BEFORE.matcher(name);
        Matcher after = AFTER.matcher(name);
        return before.find() ? Integer.parseInt(before.group(1)) : after.find() ? Integer.parseInt(after.group(1)) : 1;
    }

    /** The machine for the catalogue. MLPerf publishes no prices, and none is made up here: its cost is 0. */
    NewHardwareConfig hardware(String submitter, String system) {
        int gb = ACCELERATORS.stream()
                .filter(one -> one.name().equals(gpu))
                .mapToInt(Accelerator::gb)
                .findAny()
                .orElse(0);
        return NewHardwareConfig.of(submitter, gpu, count, BigDecimal.valueOf(gb), BigDecimal.ZERO)
                .instanceType(system);
    }
}
