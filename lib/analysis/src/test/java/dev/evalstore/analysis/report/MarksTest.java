package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarksTest {
    /** The first JDK whose Unicode may be newer than that of the table. */
    private static final int NEXT_UNICODE = 26;

    @Test
    void marks_are_those_of_the_jdk_as_far_as_both_know_the_character() {
        int jdk = Runtime.version().feature();
        List<String> others = new ArrayList<>();
        for (int point = 0x80; point <= Character.MAX_CODE_POINT; point++) {
            int type = Character.getType(point);
            boolean isMark =
                    type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT;
            boolean isKnown = type != Character.UNASSIGNED && (jdk < NEXT_UNICODE || Marks.isMark(point));
            if (isKnown && isMark != Marks.isMark(point)) {
                others.add(Integer.toHexString(point));
            }
        }
        // Two that took no room by Unicode 13, of JDK 17.
        assertThat(others).isSubsetOf("1734", "1171e");
    }
}
