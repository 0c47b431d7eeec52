"""Reads IDL and ACF text into syntax trees."""
