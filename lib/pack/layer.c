typedef int ay_layer_is_not_empty;
