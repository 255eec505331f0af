#include "cloud/openapi.h"
