// There is one target, so nothing is read for each.
#include "hwy/highway.h"
