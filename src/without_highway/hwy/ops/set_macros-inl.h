// There is one target, whose macros are set already.
