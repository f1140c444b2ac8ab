package dev.evalstore.analysis.report;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Names without room, shortened so that those that differ do so still. */
final class ShortNames {
    /** Of the beginning, where what is the same in all names is left out behind it. */
    private static final int BEGIN = 8;

    /** Of what is before that in which names differ. */
    private static final int BEFORE = 4;

    private ShortNames() {}

    /** Names of any length as labels of charts. */
    static List<String> labels(List<String> names) {
        return of(names, name -> Shown.shortened(Shown.line(name, Document.MAX_TEXT), Document.MAX_LINE));
    }

    /**
     * The names in their order. Where what is shortened in its middle would be equal, what is the same in all of those names is
     * left out instead; and where that is not enough, they are numbered.
     *
     * @param fitting makes of a name what has room
     */
    static <T> List<T> of(List<String> names, Function<String, T> fitting) {
        Map<String, T> fitted = new HashMap<>();
        names.forEach(name -> fitted.computeIfAbsent(name, fitting));
        for (Set<String> equal : equal(names, fitted)) {
            int common = common(equal);
            equal.forEach(name -> fitted.put(name, fitting.apply(without(name, common - BEFORE))));
        }
        int number = 0;
        for (Set<String> equal : equal(names, fitted)) {
            for (String name : equal) {
                number++;
                fitted.put(name, fitting.apply(without(name, Integer.MAX_VALUE) + " (" + number + ")"));
            }
        }
        return names.stream()
                .map(name -> Objects.requireNonNull(fitted.get(name)))
                .toList();
    }

    /** Different names that look the same. */
    private static <T> List<Set<String>> equal(List<String> names, Map<String, T> fitted) {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (String name : names) {
            groups.computeIfAbsent(look(String.valueOf(fitted.get(name))), look -> new LinkedHashSet<>())
                    .add(name);
        }
        return groups.values().stream().filter(group -> group.size() > 1).toList();
    }

    /** What is seen of a text: two texts with the same look cannot be told apart. */
    static String look(String text) {
        StringBuilder look = new StringBuilder(text.length());
        HtmlText.line(text).codePoints().filter(point -> !isUnseen(point)).forEach(look::appendCodePoint);
        return look.toString();
    }

    /** Blanks without width, signs of direction, variants of the character before them, and tags. */
    private static boolean isUnseen(int point) {
        return point == 0xAD
                || point == 0x61C
                || point >= 0x180B && point <= 0x180F
                || point >= 0x200B && point <= 0x200F
                || point >= 0x202A && point <= 0x202E
                || point >= 0x2060 && point <= 0x206F
                || point >= 0xFE00 && point <= 0xFE0F
                || point == 0xFEFF
                || point >= 0xE0000 && point <= 0xE0FFF;
    }

    /** How many characters all begin with. */
    private static int common(Set<String> names) {
        List<int[]> all =
                names.stream().map(name -> name.codePoints().toArray()).toList();
        int common = all.get(0).length;
        for (int[] each : all) {
            int differing = Arrays.mismatch(all.get(0), each);
            common = differing < 0 ? common : Math.min(common, differing);
        }
        return common;
    }

    /** The name without what is between its beginning and an index. */
    private static String without(String name, int to) {
        int[] points = name.codePoints().toArray();
        int end = Math.min(points.length, to);
        return end <= BEGIN + 1 ? name : Directions.cut(points, BEGIN, end);
    }
}
