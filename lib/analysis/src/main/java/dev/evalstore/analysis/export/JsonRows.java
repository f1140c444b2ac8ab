package dev.evalstore.analysis.export;

import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/** An object for each row, in one array or a line each. What is missing is {@code null}, so all rows have all names. */
final class JsonRows implements RowWriter {
    private final JsonGenerator json;
    private final boolean lines;
    private final boolean endLine;
    private SerializableString[] names = {};
    private int cell;
    private boolean begun;

    JsonRows(OutputStream stream, boolean lines, boolean endLine) {
        this.json = JsonFields.FACTORY.createGenerator(ObjectWriteContext.empty(), stream, JsonEncoding.UTF8);
        this.lines = lines;
        this.endLine = endLine;
    }

    @Override
    public void begin(List<String> columns) {
        names = columns.stream().map(SerializedString::new).toArray(SerializableString[]::new);
        if (!lines) {
            json.writeRaw("[\n");
        }
    }

    @Override
    public void beginRow() {
        if (begun && !lines) {
            json.writeRaw(",\n");
        }
        begun = true;
        cell = 0;
        json.writeStartObject();
    }

    @Override
    public void text(@Nullable String value) {
        json.writeName(names[cell++]);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
    }

    @Override
    public void literal(@Nullable String document) {
        json.writeName(names[cell++]);
        if (document == null) {
            json.writeNull();
        } else {
            json.writeRawValue(document);
        }
    }

    @Override
    public void endRow() {
        json.writeEndObject();
        if (lines) {
            json.writeRaw('\n');
        }
    }

    @Override
    public void end(ExportSummary summary) {
        if (!lines) {
            json.writeRaw(begun ? "\n]\n" : "]\n");
        } else if (endLine) {
            json.writeRaw("{\"end\":{\"rows\":" + summary.rows() + ",\"cut\":" + summary.cut() + "}}\n");
        }
        json.flush();
    }
}
