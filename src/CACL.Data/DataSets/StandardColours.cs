namespace CACL.Data.DataSets;

/// <summary>PASCAL VOC's colour map: distinct colours for 256 numbers, the first black.</summary>
internal static class StandardColours
{
    /// <summary>
    /// Returns a class in the colour of a number: the number's bits are spread over red, green and blue in turn, the lowest bit going to
    /// the highest place.
    /// </summary>
    public static ClassInfo ClassOf(string name, int number)
    {
        int red = 0, green = 0, blue = 0;
        for (var (bits, place) = (number, 7); bits != 0; bits >>= 3, place--)
        {
            red |= (bits & 1) << place;
            green |= ((bits >> 1) & 1) << place;
            blue |= ((bits >> 2) & 1) << place;
        }

        return new ClassInfo(name, (byte)red, (byte)green, (byte)blue);
    }
}
