// In the place of C headers that bring nothing IDL has to be told.
