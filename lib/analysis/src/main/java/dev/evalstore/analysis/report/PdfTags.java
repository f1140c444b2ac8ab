package dev.evalstore.analysis.report;

import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSInteger;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDMarkInfo;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureTreeRoot;

/**
 * The structure of a document, by which programs read it aloud: what is a heading, a cell, a picture, and in which order. See
 * ISO 32000-1, 14.7 and 14.8. Not thread-safe.
 */
final class PdfTags {
    private final COSDictionary root = new COSDictionary();
    private final COSDictionary document;

    /** For each page, the element of each piece of its content. */
    private final List<COSArray> owners = new ArrayList<>();

    PdfTags() {
        root.setItem(COSName.TYPE, COSName.STRUCT_TREE_ROOT);
        document = new COSDictionary();
        document.setItem(COSName.S, COSName.getPDFName("Document"));
        document.setItem(COSName.P, root);
        root.setItem(COSName.K, document);
    }

    /** The element that holds all others. */
    COSDictionary document() {
        return document;
    }

    /** An element after those that the parent has. */
    COSDictionary element(COSDictionary parent, String type) {
        COSDictionary element = new COSDictionary();
        element.setItem(COSName.S, COSName.getPDFName(type));
        element.setItem(COSName.P, parent);
        addKid(parent, element);
        return element;
    }

    /** A heading of a row or column of a table. */
    COSDictionary heading(COSDictionary row, String scope) {
        COSDictionary heading = element(row, "TH");
        COSDictionary attributes = new COSDictionary();
        attributes.setItem(COSName.O, COSName.getPDFName("Table"));
        attributes.setName("Scope", scope);
        attributes.setDirect(true);
        heading.setItem(COSName.A, attributes);
        return heading;
    }

    void addPage(PDPage page) {
        page.setStructParents(owners.size());
        page.getCOSObject().setName(COSName.getPDFName("Tabs"), "S");
        owners.add(new COSArray());
    }

    /** The number, on the last page that was added, of a piece of content that belongs to the element. */
    int content(COSDictionary element, PDPage page) {
        COSArray pieces = owners.get(owners.size() - 1);
        int id = pieces.size();
        pieces.add(element);
        COSBase first = element.getItem(COSName.PG);
        if (first == null) {
            element.setItem(COSName.PG, page);
        }
        if (first == null || first == page.getCOSObject()) {
            addKid(element, COSInteger.get(id));
        } else {
            COSDictionary reference = new COSDictionary();
            reference.setName(COSName.TYPE, "MCR");
            reference.setItem(COSName.PG, page);
            reference.setInt(COSName.MCID, id);
            addKid(element, reference);
        }
        return id;
    }

    void addTo(PDDocument target) {
        COSArray numbers = new COSArray();
        for (int i = 0; i < owners.size(); i++) {
            numbers.add(COSInteger.get(i));
            numbers.add(owners.get(i));
        }
        COSDictionary parents = new COSDictionary();
        parents.setItem(COSName.NUMS, numbers);
        root.setItem(COSName.PARENT_TREE, parents);
        root.setInt(COSName.PARENT_TREE_NEXT_KEY, owners.size());
        target.getDocumentCatalog().setStructureTreeRoot(new PDStructureTreeRoot(root));
        PDMarkInfo marked = new PDMarkInfo();
        marked.setMarked(true);
        target.getDocumentCatalog().setMarkInfo(marked);
    }

    private static void addKid(COSDictionary parent, COSBase kid) {
        COSBase kids = parent.getItem(COSName.K);
        if (kids == null) {
            parent.setItem(COSName.K, kid);
        } else if (kids instanceof COSArray array) {
            array.add(kid);
        } else {
            COSArray array = new COSArray();
            array.add(kids);
            array.add(kid);
            parent.setItem(COSName.K, array);
        }
    }
}
