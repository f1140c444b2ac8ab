package dev.evalstore.analysis.report;

import java.text.Bidi;
import java.util.ArrayList;
import java.util.List;

/** A line with words from right to left, in the order from left to right in which it is drawn. */
final class VisualOrder {
    private static final String OPENING = "()[]{}<>«»‹›≤≥";
    private static final String MIRRORED = ")(][}{><»«›‹≥≤";

    private VisualOrder() {}

    /** Marks stay behind their letters. */
    static String of(String line) {
        Bidi bidi = new Bidi(line, Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT);
        List<String> clusters = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < line.length(); ) {
            int end = i + Character.charCount(line.codePointAt(i));
            while (end < line.length() && LineBreaks.isMark(line.codePointAt(end))) {
                end += Character.charCount(line.codePointAt(end));
            }
            boolean leftwards = (bidi.getLevelAt(i) & 1) == 1;
            clusters.add(leftwards ? mirrored(line.substring(i, end)) : line.substring(i, end));
            starts.add(i);
            i = end;
        }
        byte[] levels = new byte[clusters.size()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) bidi.getLevelAt(starts.get(i));
        }
        Object[] ordered = clusters.toArray();
        Bidi.reorderVisually(levels, 0, ordered, 0, ordered.length);
        StringBuilder visual = new StringBuilder();
        for (Object cluster : ordered) {
            visual.append(cluster);
        }
        return visual.toString();
    }

    private static String mirrored(String cluster) {
        int at = cluster.length() == 1 ? OPENING.indexOf(cluster) : -1;
        return at < 0 ? cluster : MIRRORED.substring(at, at + 1);
    }
}
