/* The XML parts of an xlsx. Hostile ones are met with: no document type, hence no entities; bounded tokens. The only
 * file pair that sees expat. */
#ifndef AY_ORDER_XML_H
#define AY_ORDER_XML_H

#include "order/zip.h"

/* Names come without their namespace: xlsx files use several for the same thing. */
typedef struct ay_xml_handler {
    void *ctx;
    assay_status (*start)(void *ctx, const char *name, const char **attributes, assay_err *err);
    assay_status (*end)(void *ctx, const char *name, assay_err *err);
    assay_status (*text)(void *ctx, ay_str text, assay_err *err); /* NULL: not wanted */
} ay_xml_handler;

/* The value of an attribute, NULL when it is not there. */
const char *ay_xml_attribute(const char **attributes, const char *name);

/* Errors: EFORMAT (not XML, a document type), ELIMIT, ENOMEM, those of ay_zip_read and of the handler. */
assay_status ay_xml_read(ay_zip *zip, const ay_zip_part *part, const ay_xml_handler *handler, assay_err *err);

#endif
