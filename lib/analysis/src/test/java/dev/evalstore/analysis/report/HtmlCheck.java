package dev.evalstore.analysis.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import nu.validator.validation.SimpleDocumentValidator;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;

/** The W3C's validator of HTML ("Nu"), whose schema takes seconds to load and is loaded once. */
final class HtmlCheck {
    private static final HtmlCheck CHECK = new HtmlCheck();
    private final SimpleDocumentValidator validator = new SimpleDocumentValidator(true, false, false);
    private final Found found = new Found();

    private HtmlCheck() {
        try {
            validator.setUpMainSchema("http://s.validator.nu/html5-rdfalite.rnc", found);
            validator.setUpValidatorAndParsers(found, false, false);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Errors and warnings of a page, a line each. */
    static List<String> problems(String html) throws Exception {
        return CHECK.check(html);
    }

    private synchronized List<String> check(String html) throws Exception {
        found.problems.clear();
        InputSource page = new InputSource(new StringReader(html));
        page.setSystemId("report.html");
        validator.checkHtmlInputSource(page);
        return List.copyOf(found.problems);
    }

    private static final class Found implements ErrorHandler {
        private final List<String> problems = new ArrayList<>();

        @Override
        public void warning(SAXParseException e) {
            problems.add("warning at " + e.getLineNumber() + ":" + e.getColumnNumber() + " " + e.getMessage());
        }

        @Override
        public void error(SAXParseException e) {
            problems.add("error at " + e.getLineNumber() + ":" + e.getColumnNumber() + " " + e.getMessage());
        }

        @Override
        public void fatalError(SAXParseException e) {
            error(e);
        }
    }
}
